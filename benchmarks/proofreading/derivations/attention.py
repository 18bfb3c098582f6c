"""One attention head over a short sequence."""

import jax
import jax.numpy as jnp

STEPS = (("wv", "wq", "wk"),)
ARGNUMS = (0, 1, 2)


def inputs(rng):
    return (
        *(rng.normal(size=(4, 3)) for _ in range(3)),
        rng.normal(size=(5, 4)),
        rng.normal(size=(5, 3)),
    )


def loss(wq, wk, wv, x, y):
    q, k, v = x @ wq, x @ wk, x @ wv
    weights = jax.nn.softmax(q @ k.T / jnp.sqrt(q.shape[1]), axis=-1)
    return 0.5 * jnp.sum((weights @ v - y) ** 2)


def gradient(wq, wk, wv, x, y):
    q, k, v = x @ wq, x @ wk, x @ wv
    scale = 1 / jnp.sqrt(q.shape[1])
    a = jax.nn.softmax(q @ k.T * scale, axis=-1)
    dout = a @ v - y
    dv = a.T @ dout
    da = dout @ v.T
    ds = a * (da - jnp.sum(da * a, axis=-1, keepdims=True))
    dq = ds @ k * scale
    dk = ds.T @ q * scale
    return x.T @ dq, x.T @ dk, x.T @ dv
