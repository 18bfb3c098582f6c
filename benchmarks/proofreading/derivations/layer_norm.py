"""A layer norm between the data and a squared error."""

import jax.numpy as jnp

STEPS = (("gamma", "beta"), ("x",))
ARGNUMS = (0, 1, 2)


def inputs(rng):
    return rng.normal(size=(5, 6)), rng.normal(size=6), rng.normal(size=6), rng.normal(size=(5, 6))


def loss(x, gamma, beta, y):
    mean = jnp.mean(x, axis=-1, keepdims=True)
    var = jnp.mean((x - mean) ** 2, axis=-1, keepdims=True)
    out = gamma * (x - mean) / jnp.sqrt(var + 1e-3) + beta
    return jnp.sum((out - y) ** 2)


def gradient(x, gamma, beta, y):
    mean = jnp.mean(x, axis=-1, keepdims=True)
    var = jnp.var(x, axis=-1, keepdims=True)
    inv = 1 / jnp.sqrt(var + 1e-3)
    xhat = (x - mean) * inv
    dout = 2 * (gamma * xhat + beta - y)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    along = jnp.mean(dxhat * xhat, axis=-1, keepdims=True)
    dx = inv * (dxhat - jnp.mean(dxhat, axis=-1, keepdims=True) - xhat * along)
    return dx, dgamma, dbeta
