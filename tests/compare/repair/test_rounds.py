"""A mistake in a loop over layers is told with the layer's number."""

from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient

SIZES = (4, 5, 6, 3)
KEYS = jax.random.split(jax.random.key(0), 5)
PARAMS = [
    (jax.random.normal(key, shape) / 2, jnp.zeros(shape[1]))
    for key, shape in zip(KEYS, pairwise(SIZES), strict=False)
]
X, Y = jax.random.normal(KEYS[3], (7, 4)), jax.random.normal(KEYS[4], (7, 3))


def outputs(params: Any) -> list[jax.Array]:
    us = [X]
    for W, b in params:
        us.append(jnp.tanh(us[-1] @ W + b[None, :]))
    return us


def loss(params: Any) -> jax.Array:
    return jnp.mean((outputs(params)[-1] - Y) ** 2)


def every_layer(params: Any) -> Any:
    us, grads = outputs(params), []
    delta = 2 * (us[-1] - Y) / Y.size
    for layer in reversed(range(3)):
        delta = delta * (1 - us[layer + 1] ** 2)
        grads.append((us[layer].T @ delta, delta.mean(axis=0)))
        delta = delta @ params[layer][0].T
    return grads[::-1]


def one_layer(params: Any) -> Any:
    us, grads = outputs(params), []
    factors = [1.0, 2.0, 1.0]
    delta = 2 * (us[-1] - Y) / Y.size
    for layer in reversed(range(3)):
        delta = delta * (1 - us[layer + 1] ** 2)
        grads.append((us[layer].T @ delta * factors[layer], delta.sum(axis=0)))
        delta = delta @ params[layer][0].T
    return grads[::-1]


@pytest.mark.parametrize(
    ("gradient", "told"),
    [
        (every_layer, "wrong in all 3 runs of the line (layer = 2, 1, 0)"),
        (one_layer, "wrong in run 2 of the line's 3 (layer = 1)"),
    ],
)
def test_the_number_of_the_layer_is_told(gradient: Any, told: str) -> None:
    diagnosis = check_gradient(loss, gradient, PARAMS).diagnosis
    assert diagnosis is not None
    assert diagnosis.code.startswith("grads.append(")
    assert diagnosis.evidence.endswith(told)
