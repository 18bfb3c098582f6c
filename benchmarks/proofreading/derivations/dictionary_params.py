"""A relu network with its parameters in a dictionary; softmax cross-entropy."""

import jax
import jax.numpy as jnp
import numpy as np

STEPS = (("params['W2']", "params['b2']"), ("params['W1']", "params['b1']"))


def inputs(rng):
    params = {
        "W1": rng.normal(size=(4, 6)),
        "W2": rng.normal(size=(6, 3)),
        "b1": rng.normal(size=6),
        "b2": rng.normal(size=3),
    }
    return params, rng.normal(size=(8, 4)), np.eye(3)[np.arange(8) % 3]


def loss(params, x, t):
    z1 = x @ params["W1"] + params["b1"]
    h = jnp.where(z1 > 0, z1, 0.0)
    logits = h @ params["W2"] + params["b2"]
    return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(logits), axis=-1))


def gradient(params, x, t):
    grads = {}
    n = x.shape[0]
    z1 = x @ params["W1"] + params["b1"]
    h = jnp.where(z1 > 0, z1, 0.0)
    p = jax.nn.softmax(h @ params["W2"] + params["b2"])
    dlogits = (p - t) / n
    grads["W2"] = h.T @ dlogits
    grads["b2"] = jnp.sum(dlogits, axis=0)
    dh = dlogits @ params["W2"].T
    dz1 = jnp.where(z1 > 0, dh, 0.0)
    grads["W1"] = x.T @ dz1
    grads["b1"] = jnp.sum(dz1, axis=0)
    return grads
