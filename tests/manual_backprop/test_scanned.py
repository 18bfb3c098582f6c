"""The scanned derivation: the unscanned one to rounding, as short at any depth, proof-read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from compare import check_gradient
from functional_nn import MLP, activations, losses, scanned, stack, unscanned, unstack
from functional_nn.products import product
from manual_backprop import grad_and_deltas, slopes, value_and_grad
from manual_backprop import scanned as by_hand
from tests.manual_backprop.test_program import equations

BOTH = pytest.mark.parametrize("recompute", [False, True], ids=["kept", "recomputed"])


def apart(one: Any, other: Any) -> float:
    pairs = zip(*map(jax.tree.leaves, (one, other)), strict=True)
    return max(float(jnp.abs(a - b).max() / (jnp.abs(b).max() + 1e-300)) for a, b in pairs)


def deep(depth: int, **options: Any) -> MLP:
    return MLP((5, *[4] * (depth - 1), 3), **options)


@settings(max_examples=15)
@given(
    depth=st.integers(3, 20),
    activation=st.sampled_from(sorted(set(activations) - {"step"})),
    output=st.sampled_from(["identity", "gelu"]),
    loss=st.sampled_from(sorted(losses)),
    l2=st.sampled_from([0.0, 0.1]),
    weighted=st.booleans(),
    scale=st.sampled_from([None, 1000.0]),
    seed=st.integers(0, 5),
)
def test_it_is_the_unscanned_derivation_to_rounding(
    depth: int, activation: str, output: str, loss: str, l2: float, weighted: bool,
    scale: float | None, seed: int,
) -> None:  # fmt: skip
    mlp = deep(depth, activations=activation, output=output, loss=loss, l2=l2)
    keys = jax.random.split(jax.random.key(seed), 3)
    with jax.enable_x64(True):
        params = mlp.init(keys[0], jnp.float64)
        params = jax.tree.map(lambda leaf: leaf + 0.1, params)
        x = jax.random.normal(keys[1], (6, 5), jnp.float64)
        y = jax.random.normal(keys[2], (6, 3)) if "squared" in loss else jnp.arange(6) % 2
        y = y[:, None] * jnp.ones((1, 3), int) if loss == "binary_cross_entropy" else y
        more = [jnp.arange(1.0, 7.0)] if weighted else []
        factor = None if scale is None else jnp.float64(scale)
        loss_and_grads = value_and_grad(mlp)(params, x, y, *more)
        for recompute in (False, True):
            found = value_and_grad(scanned(mlp, recompute=recompute))(
                stack(params), x, y, *more, scale=factor
            )
            assert apart((found[0], unstack(found[1])), loss_and_grads) <= 1e-12


@BOTH
@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float32], ids=lambda d: d.__name__)
def test_it_keeps_the_dtype_and_computes_in_another(
    dtype: Any, recompute: bool, draw: Callable
) -> None:
    mlp = deep(6, activations="silu", l2=0.1)
    network = scanned(mlp, recompute=recompute)
    params, x, y = draw(mlp)
    same = draw(mlp).in_dtype(dtype)
    _, grads = value_and_grad(network)(stack(same.params), same.x, y)
    assert {leaf.dtype for leaf in jax.tree.leaves(grads)} == {jnp.dtype(dtype)}
    options = {"compute": dtype, "precision": "highest", "scale": jnp.float32(64)}
    wanted = value_and_grad(mlp)(params, x, y, **options)
    found = value_and_grad(network)(stack(params), x, y, **options)
    assert {leaf.dtype for leaf in jax.tree.leaves(found)} == {jnp.dtype(jnp.float32)}
    assert apart((found[0], unstack(found[1])), wanted) <= 8 * float(jnp.finfo(dtype).eps)


@BOTH
@pytest.mark.parametrize("depth", [3, 12])
def test_it_is_proof_read(depth: int, recompute: bool, draw: Callable) -> None:
    mlp = deep(depth, activations="gelu", l2=0.1)
    network = scanned(mlp, recompute=recompute)
    params, x, y = draw(mlp)
    report = check_gradient(network.loss, grad_and_deltas(network), stack(params), x, y)
    assert report.agrees, str(report)
    assert {"z1", f"z{depth}"} < {node.name for node in report.nodes}
    assert all(node.formula_error < 1e-11 for node in report.nodes)


def no_slope(patch: pytest.MonkeyPatch) -> None:
    wrong = replace(slopes["tanh"], formula=jnp.ones_like)
    patch.setattr(by_hand, "slopes", {**slopes, "tanh": wrong})


def no_transpose(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        by_hand.dense,
        "pull_back",
        lambda layer, delta, precision: product(
            delta, layer.weight if layer.weight.shape == (4, 4) else layer.weight.T, precision
        ),
    )


def another_layers_inputs(patch: pytest.MonkeyPatch) -> None:
    up = by_hand._up

    def shifted(*args: Any) -> Any:
        top, kept = up(*args)
        return top, jax.tree.map(lambda leaf: jnp.roll(leaf, 1, axis=0), kept)

    patch.setattr(by_hand, "_up", shifted)


def another_segments_inputs(patch: pytest.MonkeyPatch) -> None:
    up = by_hand._up_in_segments

    def shifted(*args: Any) -> Any:
        top, inputs = up(*args)
        rolled = jax.tree.map(lambda leaf: jnp.roll(leaf, 1, axis=0), inputs.whole)
        return top, inputs._replace(whole=rolled)

    patch.setattr(by_hand, "_up_in_segments", shifted)


def in_another_place(patch: pytest.MonkeyPatch) -> None:
    written = by_hand._written
    patch.setattr(by_hand, "_written", lambda s, layer, place: written(s, layer, 9 - place))


@pytest.mark.parametrize(
    ("mistake", "recompute", "delta"),
    [
        (no_slope, False, "wrong"),
        (no_slope, True, "wrong"),
        (no_transpose, False, "wrong"),
        (no_transpose, True, "wrong"),
        (another_layers_inputs, False, "wrong"),
        (another_segments_inputs, True, "wrong"),
        (in_another_place, True, "agrees"),
    ],
)
def test_a_planted_mistake_is_found(
    mistake: Callable,
    recompute: bool,
    delta: str,
    draw: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = scanned(deep(12, activations="tanh"), recompute=recompute)
    params, x, y = draw(unscanned(network))
    mistake(monkeypatch)
    report = check_gradient(
        network.loss, grad_and_deltas(network), stack(params), x, y, explain=False
    )
    verdicts = {node.name: node.verdict for node in report.nodes}
    assert not report.agrees
    assert verdicts["params.hidden.weight"] == "wrong"
    assert verdicts["params.last.weight"] == verdicts["z12"] == "agrees"
    assert verdicts["z1"] == verdicts["params.first.weight"] == delta


@BOTH
def test_the_program_is_as_long_at_any_depth(recompute: bool) -> None:
    def length(depth: int) -> int:
        network = scanned(deep(depth), recompute=recompute)
        args = jax.eval_shape(network.init, jax.random.key(0)), jnp.ones((6, 5)), jnp.zeros(6, int)
        program = jax.make_jaxpr(value_and_grad(network))(*args)
        return sum(1 for _ in equations(program.jaxpr))

    assert length(8) == length(512)
    assert length(13) <= (2 if recompute else 1) * length(8), "with a rest: 11 layers"


def temporary(f: Callable, network: MLP) -> int:
    args = jax.eval_shape(network.init, jax.random.key(0)), jnp.ones((64, 64)), jnp.zeros(64, int)
    return jax.jit(f).lower(*args).compile().memory_analysis().temp_size_in_bytes


@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_recomputing_needs_an_eighth_and_neither_more_than_autodiff(activation: str) -> None:
    mlp = MLP((64, *[64] * 511, 10), activation)
    kept, recomputed = scanned(mlp), scanned(mlp, recompute=True)
    by_hand_kept, by_hand_again = (
        temporary(value_and_grad(network), network) for network in (kept, recomputed)
    )
    assert 8 * by_hand_again <= by_hand_kept
    for network, ours in ((kept, by_hand_kept), (recomputed, by_hand_again)):
        assert ours <= temporary(jax.value_and_grad(network.loss), network)


def test_gradients_at_a_depth_that_is_no_square(draw: Callable) -> None:
    """Every layer is written once: 21 hidden layers between, five segments of four and a rest."""
    mlp = deep(23, activations="tanh")
    params, x, y = draw(mlp)
    _, grads = value_and_grad(scanned(mlp, recompute=True))(stack(params), x, y)
    assert np.abs(np.asarray(grads.hidden.weight)).max(axis=(1, 2)).min() > 0
