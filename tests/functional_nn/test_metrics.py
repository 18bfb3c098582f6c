"""Accuracy for every kind of target, and the confusion matrix."""

import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, Dense, accuracy, confusion_matrix
from functional_nn.targets import encode

#  id            loss                     outputs                          targets            right
CASES = {
    "classes": ("softmax_cross_entropy", [[1, 2, 0], [3, 0, 0], [0, 0, 1]], [1, 0, 0], 2 / 3),
    "regressed": ("squared_error", [[1, 2, 0], [3, 0, 0]], [1, 1], 1 / 2),
    "rest": ("hinge", [[1, 2, 0], [-3, -1, -2]], [1, 0], 1 / 2),
    "binary": ("binary_cross_entropy", [[2], [-1], [0], [-3]], [1, 1, 1, 0], 3 / 4),
    "two-sided": ("hinge", [[2], [-1], [0], [-3]], [1, 1, 1, 0], 3 / 4),
    "tags": ("binary_cross_entropy", [[2, 1], [2, -1]], [[1, 1], [1, 1]], 1 / 2),
}


@pytest.mark.parametrize(("loss", "outputs", "y", "right"), CASES.values(), ids=CASES)
def test_accuracy(loss: str, outputs: list, y: list, right: float) -> None:
    u = jnp.array(outputs, jnp.float32)
    np.testing.assert_allclose(accuracy(u, encode(loss, jnp.array(y), u), loss), right, rtol=1e-6)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "hinge", "binary_cross_entropy"])
def test_accuracy_counts_what_predict_says(loss: str) -> None:
    n_out = 1 if loss == "binary_cross_entropy" else 3
    mlp = MLP((2, n_out), loss=loss)
    params = (Dense(jnp.array([[1.0, -1.0, 0.5], [0.2, 0.7, -1.0]])[:, :n_out], jnp.zeros(n_out)),)
    x = jnp.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0], [2.0, 2.0]])
    y = jnp.array([0, 0, 1, 0])
    u = mlp.apply(params, x)
    share = jnp.mean(mlp.predict(params, x) == y, dtype=jnp.float32)
    assert accuracy(u, encode(loss, y, u), loss) == share
    assert 0 < share < 1


def test_values_have_no_accuracy() -> None:
    assert np.isnan(accuracy(jnp.ones((3, 1)), jnp.ones((3, 1)), "squared_error"))


def test_bfloat16_outputs_are_counted_in_float32() -> None:
    u = jnp.ones((1000, 1), jnp.bfloat16).at[:3].set(-1)
    share = accuracy(u, jnp.ones_like(u), "binary_cross_entropy")
    assert share.dtype == jnp.float32
    np.testing.assert_allclose(share, 0.997, rtol=1e-6)


def test_confusion_matrix_rows_are_what_was_right() -> None:
    counts = confusion_matrix(jnp.array([1, 1, 0, 2]), jnp.array([1, 0, 0, 2]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
