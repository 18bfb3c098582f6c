"""A linear layer, a batch norm, a sum of squares; the long form, step by step."""

import jax.numpy as jnp

STEPS = (("gamma", "beta"), ("w",))
ARGNUMS = (0, 1, 2)
EPS = 1e-2


def inputs(rng):
    return (
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
        rng.normal(size=4),
        rng.normal(size=(7, 3)),
        rng.normal(size=(7, 4)),
    )


def loss(w, gamma, beta, x, y):
    z = x @ w
    xhat = (z - z.mean(axis=0)) / jnp.sqrt(z.var(axis=0) + EPS)
    return jnp.mean((gamma * xhat + beta - y) ** 2)


def gradient(w, gamma, beta, x, y):
    n = x.shape[0]
    z = x @ w
    mu = z.mean(axis=0)
    centred = z - mu
    var = (centred**2).mean(axis=0)
    ivar = (var + EPS) ** -0.5
    xhat = centred * ivar
    dout = 2 * (gamma * xhat + beta - y) / y.size
    dgamma = jnp.sum(dout * xhat, axis=0)
    dbeta = jnp.sum(dout, axis=0)
    dxhat = dout * gamma
    dvar = jnp.sum(dxhat * centred, axis=0) * -0.5 * ivar**3
    dmu = -jnp.sum(dxhat, axis=0) * ivar
    dz = dxhat * ivar + dvar * 2 * centred / n + dmu / n
    return x.T @ dz, dgamma, dbeta
