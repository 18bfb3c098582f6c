"""The negative log-likelihood of a mixture of Gaussians in one dimension."""

import jax
import jax.numpy as jnp

STEPS = (("params['logits']", "params['log_scale']", "params['mean']"),)


def inputs(rng):
    params = {
        "logits": rng.normal(size=3),
        "log_scale": 0.3 * rng.normal(size=3),
        "mean": rng.normal(size=3),
    }
    return params, 2 * rng.normal(size=8)


def loss(params, x):
    z = (x[:, None] - params["mean"]) * jnp.exp(-params["log_scale"])
    joint = jax.nn.log_softmax(params["logits"]) - params["log_scale"] - 0.5 * z**2
    return -jnp.mean(jax.scipy.special.logsumexp(joint, axis=1))


def gradient(params, x):
    inverse = jnp.exp(-params["log_scale"])
    z = (x[:, None] - params["mean"]) * inverse
    prior = jax.nn.softmax(params["logits"])
    joint = jnp.log(prior) - params["log_scale"] - 0.5 * z * z
    r = jax.nn.softmax(joint, axis=1)
    return {
        "logits": prior - jnp.mean(r, axis=0),
        "log_scale": jnp.mean(r * (1 - z * z), axis=0),
        "mean": -jnp.mean(r * z * inverse, axis=0),
    }
