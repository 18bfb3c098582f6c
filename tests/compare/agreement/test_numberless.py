import re

import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient


def loss(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return jnp.mean((x @ w) ** 2)


def gradient(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return 2 * x.T @ (x @ w) / len(x)


W, X = jnp.array([0.5, -1.0]), jnp.array([[1.0, 2.0], [3.0, 0.5], [-1.0, 1.5]])


@pytest.mark.parametrize(
    ("w", "x", "told"),
    [
        (W, X.at[2, 1].set(jnp.nan), "x[2, 1] is nan, and the loss is nan there"),
        (W, X[:0], "x has no elements, shape [0, 2], and the loss is nan there"),
        (W.at[0].set(jnp.nan), X, "w[0] is nan, and the loss is nan there"),
    ],
)
def test_inputs_without_numbers_are_refused(w: np.ndarray, x: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}: give finite inputs to compare at$"):
        check_gradient(loss, gradient, w, x)


def test_a_nan_that_the_loss_leaves_out_is_welcome() -> None:
    def mean_of_known(x: np.ndarray) -> np.ndarray:
        return jnp.nanmean(x**2)

    def by_hand(x: np.ndarray) -> np.ndarray:
        known = ~jnp.isnan(x)
        return jnp.where(known, 2 * x / jnp.sum(known, dtype=x.dtype), 0)

    assert check_gradient(mean_of_known, by_hand, jnp.array([1.0, jnp.nan, -2.0])).agrees
