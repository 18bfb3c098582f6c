"""One step of an LSTM."""

import jax
import jax.numpy as jnp

STEPS = (("W", "U", "b"),)
ARGNUMS = (0, 1, 2)


def inputs(rng):
    n, m = 3, 4
    arrays = [rng.normal(size=s) for s in ((n, 4 * m), (m, 4 * m), (4 * m,))]
    return (
        *arrays,
        rng.normal(size=(5, n)),
        rng.normal(size=(5, m)),
        rng.normal(size=(5, m)),
        rng.normal(size=(5, m)),
    )


def loss(W, U, b, x, h, c, y):
    i, f, g, o = jnp.split(x @ W + h @ U + b, 4, axis=1)
    c_next = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jnp.sum((jax.nn.sigmoid(o) * jnp.tanh(c_next) - y) ** 2) / 2


def gradient(W, U, b, x, h, c, y):
    i, f, g, o = jnp.split(x @ W + h @ U + b, 4, axis=1)
    i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
    c_next = f * c + i * g
    t = jnp.tanh(c_next)
    dh = o * t - y
    do = dh * t
    dc = dh * o * (1 - t**2)
    df = dc * c
    di = dc * g
    dg = dc * i
    dz = jnp.concatenate(
        [
            di * i * (1 - i),
            df * f * (1 - f),
            dg * (1 - g**2),
            do * o * (1 - o),
        ],
        axis=1,
    )
    return x.T @ dz, h.T @ dz, dz.sum(axis=0)
