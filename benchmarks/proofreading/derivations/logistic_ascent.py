"""Logistic regression by ascent: the gradient of the log-likelihood itself."""

import jax
import jax.numpy as jnp

STEPS = (("w", "b"),)
ARGNUMS = (0, 1)


def inputs(rng):
    return (
        rng.normal(size=3),
        rng.normal(size=()),
        rng.normal(size=(8, 3)),
        (rng.random(8) > 0.5).astype(float),
    )


def loss(w, b, x, y):
    s = x @ w + b
    return jnp.sum(y * jax.nn.log_sigmoid(s) + (1 - y) * jax.nn.log_sigmoid(-s)) / y.size


def gradient(w, b, x, y):
    probability = 1.0 / (1.0 + jnp.exp(-(x @ w + b)))
    error = y - probability
    return x.T @ error / y.size, error.mean()
