"""The log-likelihood of a Gaussian whose mean and log-scale are linear in the data."""

import jax.numpy as jnp

STEPS = (("theta['a']", "theta['s']"),)


def inputs(rng):
    return (
        {"a": rng.normal(size=3), "s": 0.5 * rng.normal(size=3)},
        rng.normal(size=(8, 3)),
        rng.normal(size=8),
    )


def loss(theta, x, y):
    mu, log_sigma = x @ theta["a"], x @ theta["s"]
    z = (y - mu) / jnp.exp(log_sigma)
    return jnp.sum(0.5 * z**2 + log_sigma + 0.5 * jnp.log(2 * jnp.pi))


def gradient(theta, x, y):
    mu = x @ theta["a"]
    log_sigma = x @ theta["s"]
    sigma = jnp.exp(log_sigma)
    z = (y - mu) / sigma
    dmu = -z / sigma
    dlog_sigma = 1 - z**2
    return {"a": x.T @ dmu, "s": x.T @ dlog_sigma}
