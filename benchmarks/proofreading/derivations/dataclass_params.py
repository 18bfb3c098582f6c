"""Parameters in a dataclass; a silu layer, then a linear one."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp

STEPS = (("params.v", "params.c"), ("params.w", "params.b"))


@jax.tree_util.register_dataclass
@dataclass
class Params:
    w: jax.Array
    b: jax.Array
    v: jax.Array
    c: jax.Array


def inputs(rng):
    params = Params(
        rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=5), rng.normal(size=())
    )
    return params, rng.normal(size=(7, 3)), rng.normal(size=7)


def loss(params, x, y):
    z = x @ params.w + params.b
    prediction = (z / (1 + jnp.exp(-z))) @ params.v + params.c
    return jnp.mean((prediction - y) ** 2) / 2


def gradient(params, x, y):
    z = x @ params.w + params.b
    s = 1 / (1 + jnp.exp(-z))
    u = z * s
    residual = (u @ params.v + params.c - y) / len(y)
    du = residual[:, None] * params.v[None, :]
    dz = du * (s + u * (1 - s))
    return Params(w=x.T @ dz, b=dz.sum(0), v=u.T @ residual, c=residual.sum())
