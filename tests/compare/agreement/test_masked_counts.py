"""A count of what a mask keeps is not a length that it happens to equal."""

import jax.numpy as jnp

from compare import check_gradient


def loss(w, x, mask):
    return jnp.sum(jnp.tanh(x @ w) * mask) / jnp.sum(mask)


def gradient(w, x, mask):
    g = (1 - jnp.tanh(x @ w) ** 2) * mask / x.shape[0]
    return x.T @ g


def test_the_sum_of_the_mask_is_brought_in():
    w, mask = jnp.array([0.3, -0.2, 0.5]), jnp.array([1.0, 0.0, 1.0, 1.0, 0.0])
    x = jnp.sin(jnp.arange(15.0)).reshape(5, 3)  # as many columns as rows are kept
    diagnosis = check_gradient(loss, gradient, w, x, mask).diagnosis
    assert diagnosis is not None
    assert diagnosis.edit == "`x.shape[0]` -> `jnp.sum(mask)`"
