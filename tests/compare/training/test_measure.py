"""Loss and accuracy, in one piece or in chunks."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.training.measure import evaluate, measure
from functional_nn import MLP, accuracy, targets
from functional_nn.datasets import Dataset, Splits


def test_it_is_the_loss_and_the_accuracy(mlp: MLP, blobs: Splits) -> None:
    params, data = mlp.init(jax.random.key(0)), blobs.train
    found = evaluate(mlp, params, data)
    u = mlp.apply(params, data.x)
    right = accuracy(u, targets.encode(mlp.loss_name, data.y, u), mlp.loss_name)
    assert found.loss == pytest.approx(float(mlp.loss(params, data.x, data.y)), rel=1e-6)
    assert found.accuracy == pytest.approx(float(right), abs=1e-6)


@pytest.mark.parametrize("most", [1, 7, 60, 119, 120, 239, 240, 1000])
def test_chunks_change_nothing(most: int, mlp: MLP, blobs: Splits) -> None:
    mlp = mlp.replace(l2=0.1)
    params, (x, y) = mlp.init(jax.random.key(0)), map(jnp.asarray, (blobs.train.x, blobs.train.y))
    found = measure(mlp, params, x, y, most)
    whole = measure(mlp, params, x, y)
    assert np.allclose(found, whole, rtol=1e-5)
    assert whole.loss == pytest.approx(float(mlp.loss(params, x, y)), rel=1e-6)


def test_bfloat16_is_measured_in_float32(mlp: MLP, blobs: Splits) -> None:
    params = mlp.replace(l2=0.1).init(jax.random.key(0), jnp.bfloat16)
    found = evaluate(mlp, params, blobs.train)
    wide = evaluate(mlp, jax.tree.map(lambda leaf: leaf.astype(jnp.float32), params), blobs.train)
    assert found.loss == pytest.approx(wide.loss, rel=0.02)
    assert float(jnp.bfloat16(found.accuracy)) != found.accuracy or found.accuracy == 0


def test_float64_parameters_are_measured_in_float64(mlp: MLP, blobs: Splits) -> None:
    with jax.enable_x64(True):
        params = mlp.init(jax.random.key(0), jnp.float64)
        exact = float(mlp.loss(params, blobs.train.x.astype(np.float64), blobs.train.y))
    assert evaluate(mlp, params, blobs.train).loss == pytest.approx(exact, rel=1e-14)


def test_values_have_no_accuracy() -> None:
    mlp = MLP((2, 1), loss="half_squared_error")
    data = Dataset(np.ones((4, 2), np.float32), np.ones((4, 1), np.float32))
    assert np.isnan(evaluate(mlp, mlp.init(jax.random.key(0)), data).accuracy)


def test_no_rows_are_refused(mlp: MLP, blobs: Splits, refuses: Callable) -> None:
    nothing = blobs.train.select(slice(0, 0))
    with refuses(ValueError, "blobs has no rows to train on; wanted one at least."):
        evaluate(mlp, mlp.init(jax.random.key(0)), nothing)
