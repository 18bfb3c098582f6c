"""Per-example gradients under ``vmap``, then their mean."""

import jax
import jax.numpy as jnp

STEPS = (("v",), ("W",))
ARGNUMS = (0, 1)


def inputs(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(6, 3)), rng.normal(size=6)


def loss(W, v, x, y):
    return jnp.mean((jnp.tanh(x @ W.T) @ v - y) ** 2)


def gradient(W, v, x, y):
    def one(x_row, y_row):
        h = jnp.tanh(W @ x_row)
        error = 2 * (h @ v - y_row)
        dv = error * h
        dh = error * v
        dW = jnp.outer(dh * (1 - h**2), x_row)
        return dW, dv

    dW, dv = jax.vmap(one)(x, y)
    return dW.mean(axis=0), dv.mean(axis=0)
