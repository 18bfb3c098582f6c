"""A recurrent network, unrolled: back-propagation through time."""

import jax.numpy as jnp

STEPS = (("V",), ("U", "W", "b"))
ARGNUMS = (0, 1, 2, 3)


def inputs(rng):
    return (
        rng.normal(size=(3, 4)),
        0.7 * rng.normal(size=(4, 4)),
        rng.normal(size=4),
        rng.normal(size=(4, 2)),
        rng.normal(size=(4, 5, 3)),
        rng.normal(size=(5, 2)),
    )


def loss(U, W, b, V, xs, y):
    h = jnp.zeros((xs.shape[1], W.shape[0]), xs.dtype)
    for t in range(xs.shape[0]):
        h = jnp.tanh(xs[t] @ U + h @ W + b)
    return jnp.mean((h @ V - y) ** 2)


def gradient(U, W, b, V, xs, y):
    steps, batch, _ = xs.shape
    hs = [jnp.zeros((batch, W.shape[0]), xs.dtype)]
    for t in range(steps):
        hs.append(jnp.tanh(xs[t] @ U + hs[t] @ W + b))
    dout = 2 * (hs[steps] @ V - y) / y.size
    dV = hs[steps].T @ dout
    dh = dout @ V.T
    dU = jnp.zeros_like(U)
    dW = jnp.zeros_like(W)
    db = jnp.zeros_like(b)
    for t in reversed(range(steps)):
        dz = dh * (1 - hs[t + 1] ** 2)
        dU += xs[t].T @ dz
        dW += hs[t].T @ dz
        db += dz.sum(axis=0)
        dh = dz @ W.T
    return dU, dW, db, dV
