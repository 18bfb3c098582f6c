"""Three layers whose pre-activations the loss names; their cotangents are returned as well."""

import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

STEPS = (
    ("z3",),
    ("params['w3']", "params['b3']"),
    ("z2",),
    ("params['w2']", "params['b2']"),
    ("z1",),
    ("params['w1']", "params['b1']"),
)


def inputs(rng):
    shapes = {"w1": (4, 5), "b1": (5,), "w2": (5, 3), "b2": (3,), "w3": (3, 2), "b3": (2,)}
    return (
        {name: rng.normal(size=s) for name, s in shapes.items()},
        rng.normal(size=(6, 4)),
        rng.normal(size=(6, 2)),
    )


def loss(params, x, y):
    z1 = checkpoint_name(x @ params["w1"] + params["b1"], "z1")
    z2 = checkpoint_name(jnp.tanh(z1) @ params["w2"] + params["b2"], "z2")
    z3 = checkpoint_name(jnp.sin(z2) @ params["w3"] + params["b3"], "z3")
    return jnp.mean(jnp.sum((z3 - y) ** 2, axis=1))


def gradient(params, x, y):
    w2, w3 = params["w2"], params["w3"]
    z1 = x @ params["w1"] + params["b1"]
    u1 = jnp.tanh(z1)
    z2 = u1 @ w2 + params["b2"]
    u2 = jnp.sin(z2)
    z3 = u2 @ w3 + params["b3"]
    dz3 = 2 * (z3 - y) / len(x)
    dz2 = dz3 @ w3.T * jnp.cos(z2)
    dz1 = dz2 @ w2.T * (1 - u1**2)
    grads = {
        "w1": x.T @ dz1,
        "b1": dz1.sum(axis=0),
        "w2": u1.T @ dz2,
        "b2": dz2.sum(axis=0),
        "w3": u2.T @ dz3,
        "b3": dz3.sum(axis=0),
    }
    return grads, {"z1": dz1, "z2": dz2, "z3": dz3}
