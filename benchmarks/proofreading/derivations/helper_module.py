"""A derivation that leaves its steps to helper functions, some in another module."""

import jax.numpy as jnp

from benchmarks.proofreading.derivations.dense_rules import dense, dense_backward, tanh_slope

STEPS = (("params[1]",), ("params[0]",))


def inputs(rng):
    params = (
        (rng.normal(size=(3, 4)), rng.normal(size=4)),
        (rng.normal(size=(4, 2)), rng.normal(size=2)),
    )
    return params, rng.normal(size=(6, 3)), rng.normal(size=(6, 2))


def loss(params, x, y):
    h = jnp.tanh(dense(x, *params[0]))
    return jnp.mean((dense(h, *params[1]) - y) ** 2)


def squared_error_delta(out, y):
    return 2 * (out - y) / out.size


def gradient(params, x, y):
    (w1, b1), (w2, b2) = params
    z1 = dense(x, w1, b1)
    h = jnp.tanh(z1)
    d2 = squared_error_delta(dense(h, w2, b2), y)
    dw2, db2, dh = dense_backward(h, w2, d2)
    d1 = tanh_slope(z1) * dh
    dw1, db1, _ = dense_backward(x, w1, d1)
    return (dw1, db1), (dw2, db2)
