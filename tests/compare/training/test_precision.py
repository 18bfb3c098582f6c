"""Layers compute in fewer bits than the parameters have; float16 with a scale of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import train
from compare.training.data import rows_of
from compare.training.gradients import value_and_gradient
from compare.training.scale import FIRST, LARGEST, PATIENCE, Scale, next_scale
from compare.training.step import Plan, initial_state, make_step
from functional_nn import MLP
from functional_nn.datasets import Splits
from manual_backprop import value_and_grad

Adam = optax.GradientTransformation
FLOAT16, BFLOAT16 = jnp.dtype(jnp.float16), jnp.dtype(jnp.bfloat16)
MLPS = [
    MLP((5, 7, 3), activations="tanh", l2=0.01),
    MLP((5, 8, 6, 3), activations=("relu", "sigmoid"), output="tanh", loss="squared_error"),
]


def problem(mlp: MLP, blobs: Splits) -> tuple:
    x, y = rows_of(blobs.train, np.dtype(np.float32))
    if mlp.loss_name == "squared_error":
        y = jax.nn.one_hot(y, 3)
    return mlp.init(jax.random.key(3)), x[:32], y[:32]


def apart(one: Any, other: Any) -> float:
    pairs = zip(*map(jax.tree.leaves, (one, other)), strict=True)
    tables = [tuple(np.asarray(leaf, np.float64) for leaf in pair) for pair in pairs]
    return max(float(np.abs(a - b).max() / (np.abs(b).max() or 1)) for a, b in tables)


@pytest.mark.parametrize("mlp", MLPS)
@pytest.mark.parametrize("compute", [BFLOAT16, FLOAT16], ids=str)
def test_both_engines_compute_the_same(mlp: MLP, compute: np.dtype, blobs: Splits) -> None:
    inputs = problem(mlp, blobs)
    scale = jnp.float32(256) if compute == FLOAT16 else None
    hand, autodiff = (
        value_and_gradient(mlp, name, None, compute)(*inputs, scale)
        for name in ("manual", "autodiff")
    )
    exact = jax.value_and_grad(mlp.loss)(*inputs)
    eps = float(jnp.finfo(compute).eps)
    assert {leaf.dtype for leaf in jax.tree.leaves(hand)} == {jnp.dtype(jnp.float32)}
    assert 0 < apart(hand, exact) <= 8 * eps
    assert apart(hand, exact) <= 2 * apart(autodiff, exact) + 2 * eps


@pytest.mark.parametrize("mlp", MLPS)
def test_on_paper_nothing_changes(mlp: MLP, blobs: Splits) -> None:
    """In float64 neither the dtype of computing nor the scale moves anything but rounding."""
    with jax.enable_x64(True):
        params, x, y = jax.tree.map(
            lambda leaf: leaf.astype(np.float64) if leaf.dtype == np.float32 else leaf,
            problem(mlp, blobs),
        )
        exact = jax.value_and_grad(mlp.loss)(params, x, y)
        scale = jnp.float64(1000.0)
        scaled = value_and_grad(mlp)(params, x, y, compute=np.float64, scale=scale)
        assert apart(scaled, exact) <= 1e-13


def test_small_deltas_vanish_without_a_scale(blobs: Splits) -> None:
    mlp = MLP((5, 7, 3), activations="tanh")
    (first, last), x, y = problem(mlp, blobs)
    params = (first, last._replace(weight=last.weight * 1e-5))
    exact = value_and_grad(mlp)(params, x, y)[1][0].weight
    plain, scaled = (
        value_and_grad(mlp)(params, x, y, compute=FLOAT16, scale=scale)[1][0].weight
        for scale in (None, jnp.float32(FIRST))
    )
    assert apart(plain, exact) > 0.05
    assert apart(scaled, exact) < 0.01


@pytest.mark.parametrize("gradient", ["manual", "autodiff"])
@pytest.mark.parametrize("compute", ["bfloat16", "float16"])
def test_training(gradient: str, compute: str, mlp: MLP, adam: Adam, blobs: Splits) -> None:
    exact = train(mlp, adam, blobs, epochs=20)
    result = train(mlp, adam, blobs, epochs=20, gradient=gradient, compute=compute)
    assert result.params[0].weight.dtype == np.float32
    assert result.failure is None
    assert abs(result.test_accuracy - exact.test_accuracy) <= 0.07
    assert result.history.loss[-1] == pytest.approx(exact.history.loss[-1], rel=0.05)
    assert not np.array_equal(result.history.loss, exact.history.loss)


def test_a_derivation_of_ones_own(mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable) -> None:
    seen = []

    def derivation(params: tuple, x: jax.Array, y: jax.Array) -> tuple:
        seen.append((params[0].weight.dtype, x.dtype))
        return jax.value_and_grad(mlp.loss)(params, x, y)

    result = train(mlp, adam, blobs, epochs=2, gradient=derivation, compute="bfloat16")
    assert set(seen) == {(BFLOAT16, BFLOAT16)}
    assert result.params[0].weight.dtype == np.float32
    said = (
        "compute is 'float16', where small deltas vanish unless they are scaled, and a "
        "derivation of your own takes no scale; wanted 'bfloat16', or gradient='manual'."
    )
    with refuses(ValueError, said):
        train(mlp, adam, blobs, gradient=derivation, compute="float16")


def test_the_scale() -> None:
    def after(value: float, good: int, finite: bool) -> tuple[float, int]:
        found = next_scale(Scale(jnp.float32(value), jnp.int32(good)), jnp.bool_(finite))
        return float(found.value), int(found.good)

    assert after(8.0, 5, True) == (8.0, 6)
    assert after(8.0, 5, False) == (4.0, 0)
    assert after(1.0, 5, False) == (1.0, 0)
    assert after(8.0, PATIENCE - 1, True) == (16.0, 0)
    assert after(LARGEST, PATIENCE - 1, True) == (LARGEST, 0)


def test_a_step_that_overflows_is_left_out(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plan = Plan(mlp, "manual", adam, 32, compute=FLOAT16)
    params, x, y = problem(mlp, blobs)
    state = initial_state(plan, params)
    state = state._replace(scale=Scale(jnp.float32(LARGEST), jnp.int32(0)))
    step, skipped = jax.jit(make_step(plan)), 0
    for _ in range(12):
        stepped = step(state, x, y)
        assert bool(jnp.isfinite(stepped.loss))
        if float(stepped.state.scale.value) < float(state.scale.value):
            skipped += 1
            assert apart(stepped.state.params, state.params) == 0
            assert int(stepped.state.opt_state[0].count) == int(state.opt_state[0].count)
        state = stepped.state
    assert 1 <= skipped < 12
    assert apart(state.params, params) > 0, "and those after it are taken"


def test_a_fault_is_still_found(blobs: Splits) -> None:
    mlp = MLP((5, 7, 3), activations="identity", loss="half_squared_error")
    result = train(mlp, optax.sgd(5.0), blobs, epochs=50, compute="float16")
    assert result.stopped == "non-finite"
    assert result.failure.step > 1


def test_it_is_resumed_with_its_scale(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> None:
    whole = train(mlp, adam, blobs, epochs=6, compute="float16")
    train(mlp, adam, blobs, epochs=3, compute="float16", checkpoint=tmp_path)
    went_on = train(mlp, adam, blobs, epochs=6, compute="float16", checkpoint=tmp_path, resume=True)
    assert apart(went_on.params, whole.params) == 0
