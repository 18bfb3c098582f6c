"""Equal hidden layers as one scanned layer: the same training, at any depth the same program."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.sharding import PartitionSpec as P

from compare.training import CheckpointError, Stream, lockstep, train
from compare.training.data import on_device
from compare.training.engine import blank, compiled
from compare.training.layout import mesh_of, of_params
from compare.training.optimizers import optimizers
from compare.training.step import Plan, initial_state, make_step
from functional_nn import MLP, Stack, scanned, stack, unstack
from functional_nn.datasets import Splits, Stored
from manual_backprop import value_and_grad
from tests.manual_backprop.test_program import equations

Adam = optax.GradientTransformation
COLUMNS = ("loss", "accuracy", "validation_loss", "gradient_norm", "update_ratio", "dead")


@pytest.fixture(scope="module")
def deep() -> MLP:
    return MLP((5, *[7] * 8, 3), activations="tanh", initializer="glorot_normal", l2=1e-3)


def apart(one: Any, other: Any) -> float:
    pairs = zip(*map(jax.tree.leaves, (one, other)), strict=True)
    tables = [tuple(np.asarray(leaf, np.float64) for leaf in pair) for pair in pairs]
    return max(float(np.abs(a - b).max() / (np.abs(b).max() or 1)) for a, b in tables)


@pytest.fixture(scope="module")
def usual(deep: MLP, adam: Adam, blobs: Splits) -> Any:
    return train(deep, adam, blobs, epochs=4, dtype="float64", patience=4)


@pytest.mark.parametrize("gradient", ["manual", "autodiff"])
@pytest.mark.parametrize("recompute", [False, True], ids=["kept", "recomputed"])
def test_it_is_the_same_training(
    gradient: str, recompute: bool, deep: MLP, adam: Adam, blobs: Splits, usual: Any
) -> None:
    result = train(
        deep, adam, blobs, epochs=4, dtype="float64", patience=4, gradient=gradient,
        scanned=True, recompute=recompute,
    )  # fmt: skip
    assert result.mlp == deep
    assert not isinstance(result.params, Stack)
    assert apart(result.params, usual.params) <= 1e-11
    assert result.history.gradient_norm.shape == (4, deep.depth)
    for column in COLUMNS:
        np.testing.assert_allclose(
            getattr(result.history, column), getattr(usual.history, column), rtol=1e-9
        )
    assert np.isnan(result.history.saturated[:, -1]).all()
    assert result.test_accuracy == usual.test_accuracy
    assert result.best_epoch == usual.best_epoch


@pytest.mark.parametrize("recompute", [False, True], ids=["kept", "recomputed"])
def test_on_a_mesh(recompute: bool, adam: Adam, blobs: Splits) -> None:
    mlp = MLP((5, *[6] * 7, 3), activations="tanh", initializer="glorot_normal")
    options: dict = {"epochs": 2, "dtype": "float64"}
    alone = train(mlp, adam, blobs, **options)
    meshed = train(
        mlp, adam, blobs, mesh="data=2,model=2", scanned=True, recompute=recompute, **options
    )
    assert apart(meshed.params, alone.params) <= 1e-10
    np.testing.assert_allclose(meshed.history.loss, alone.history.loss, rtol=1e-10)


def test_a_stack_lies_in_parts_on_a_mesh() -> None:
    network = scanned(MLP((5, *[6] * 7, 4)))
    cuts = of_params(network, mesh_of("data=2,model=2"))
    assert cuts[1] == (P(None, None, "model"), P(None, "model"))
    assert [cut.weight for cut in cuts[::2]] == [P(None, "model"), P("model", None)]
    odd = of_params(
        network.replace(sizes=(6, 7, 7, 4), activations="tanh"), mesh_of("data=2,model=2")
    )
    assert odd[1].weight == P(None, None, None)


#: Those that look at one number at a time do as they do layer by layer; others see a stack.
SINGLE = ("sgd", "adamw", "lion")
WHOLE = ("lamb", "adafactor")


@pytest.mark.parametrize("name", [*SINGLE, *WHOLE])
def test_optimizers(name: str, deep: MLP, blobs: Splits) -> None:
    assert {*SINGLE, *WHOLE} < set(optimizers)
    optimizer = optimizers[name].make(1e-2)
    rows = on_device(blobs, np.dtype(np.float32)).train
    params = deep.init(jax.random.key(1))

    def trained(mlp: MLP, params: Any) -> Any:
        plan = Plan(mlp, "manual", optimizer, 32)
        state, step = initial_state(plan, params), jax.jit(make_step(plan))
        for _ in range(2):
            state = step(state, rows.x[:32], rows.y[:32]).state
        return unstack(state.params)

    apart_by = apart(trained(deep, params), trained(scanned(deep), stack(params)))
    assert apart_by <= (1e-4 if name in SINGLE else 1.0)
    assert apart_by > 1e-4 or name in SINGLE, "a stack is not what its layers are one by one"


def test_a_run_goes_on_where_it_stopped(
    deep: MLP, adam: Adam, blobs: Splits, tmp_path: Path
) -> None:
    options: dict = {"scanned": True, "recompute": True}
    whole = train(deep, adam, blobs, epochs=4, **options)
    train(deep, adam, blobs, epochs=2, checkpoint=tmp_path, **options)
    went_on = train(deep, adam, blobs, epochs=4, checkpoint=tmp_path, resume=True, **options)
    assert went_on.resumed is not None
    assert apart(went_on.params, whole.params) == 0
    assert apart(went_on.opt_state, whole.opt_state) == 0
    np.testing.assert_array_equal(went_on.history.gradient_norm, whole.history.gradient_norm)
    with pytest.raises(CheckpointError, match="network recompute is True there and absent here"):
        train(deep, adam, blobs, epochs=4, checkpoint=tmp_path, resume=True)
    with pytest.raises(CheckpointError, match="network recompute is True there and False here"):
        train(
            deep, adam, blobs, epochs=4, checkpoint=tmp_path, resume=True, scanned=True,
        )  # fmt: skip


def test_it_is_proof_read_while_it_trains(deep: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(deep, adam, blobs, epochs=2, scanned=True, recompute=True, verify_every=2)
    (found,) = result.verified
    assert found.report.agrees
    assert "params.hidden.weight" in [node.name for node in found.report.nodes]


def test_a_gradient_of_ones_own_gets_the_stack(deep: MLP, adam: Adam, blobs: Splits) -> None:
    network, seen = scanned(deep), []

    def own(params: Any, x: Any, y: Any) -> Any:
        seen.append(type(params))
        return value_and_grad(network)(params, x, y)

    result = train(deep, adam, blobs, epochs=2, gradient=own, scanned=True)
    assert set(seen) == {Stack}
    assert apart(result.params, train(deep, adam, blobs, epochs=2, scanned=True).params) == 0


def test_parameters_to_begin_with(deep: MLP, adam: Adam, blobs: Splits) -> None:
    params = deep.init(jax.random.key(7))
    runs = [
        train(deep, adam, blobs, epochs=1, params=start, scanned=True).params
        for start in (params, stack(params))
    ]
    assert apart(*runs) == 0
    assert apart(runs[0], train(deep, adam, blobs, epochs=1, scanned=True).params) > 0.01


def test_fewer_bits_and_rows_that_stream(deep: MLP, adam: Adam, blobs: Splits) -> None:
    options: dict = {"epochs": 2, "scanned": True, "recompute": True, "compute": "float16"}
    result = train(deep, adam, blobs, **options)
    assert result.failure is None
    assert result.params[3].weight.dtype == np.float32
    assert result.history.loss[-1] < result.history.loss[0]
    source = Stored(blobs.train.x, blobs.train.y)
    streamed = train(deep, adam, Stream(source, blobs.validation, blobs.test), **options)
    assert apart(streamed.params, result.params) == 0


def test_what_is_not_finite_is_named_by_its_layer(blobs: Splits) -> None:
    mlp = MLP((5, *[7] * 6, 3), activations="identity", loss="half_squared_error")
    result = train(mlp, optax.sgd(5.0), blobs, epochs=50, scanned=True)
    plain = train(mlp, optax.sgd(5.0), blobs, epochs=50)
    assert result.stopped == "non-finite"
    assert (result.failure.step, result.failure.node) == (plain.failure.step, plain.failure.node)
    assert len(result.params) == mlp.depth


def test_both_gradients_side_by_side(deep: MLP, adam: Adam, blobs: Splits) -> None:
    found = lockstep(scanned(deep, recompute=True), adam, blobs, steps=7, dtype="float64")
    assert found.together, str(found)
    assert "hidden.weight" in " ".join(found.leaf_names)


def test_the_program_is_as_long_at_any_depth(adam: Adam, blobs: Splits) -> None:
    def length(depth: int, recompute: bool) -> int:
        network = scanned(MLP((5, *[7] * (depth - 1), 3)), recompute=recompute)
        plan, data = Plan(network, "manual", adam, 32), on_device(blobs, np.dtype(np.float32))

        def begun(key: jax.Array) -> Any:
            return blank(plan, initial_state(plan, network.init(key)), jnp.dtype("float32"), 7)

        key = jax.random.key(0)
        program = compiled(plan).trace(jax.eval_shape(begun, key), data, key, np.int32(1))
        return sum(1 for _ in equations(program.jaxpr.jaxpr))

    assert length(8, False) == length(512, False)
    assert length(8, True) == length(512, True)


def test_what_does_not_go_together(deep: MLP, adam: Adam, blobs: Splits, refuses: Callable) -> None:
    message = (
        "recompute is True and scanned is False; wanted both: what is computed again are segments "
        "of the scanned layer."
    )
    with refuses(ValueError, message):
        train(deep, adam, blobs, recompute=True)
    message = "hidden layers of sizes [7] cannot be scanned; wanted at least two, all of one size"
    with refuses(ValueError, message):
        train(MLP((5, 7, 3)), adam, blobs, scanned=True)
