"""Samples in columns, as in many lecture notes."""

import jax.numpy as jnp

STEPS = (("W2", "b2"), ("W1", "b1"))
ARGNUMS = (0, 1, 2, 3)


def inputs(rng):
    shapes = ((5, 4), (5, 1), (3, 5), (3, 1), (4, 7))
    return *(rng.normal(size=shape) for shape in shapes), (rng.random((3, 7)) > 0.5).astype(float)


def loss(W1, b1, W2, b2, X, Y):
    A1 = jnp.tanh(W1 @ X + b1)
    Z2 = W2 @ A1 + b2
    return jnp.sum(jnp.logaddexp(0.0, Z2) - Y * Z2) / X.shape[1]


def gradient(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    A1 = jnp.tanh(W1 @ X + b1)
    A2 = 1 / (1 + jnp.exp(-(W2 @ A1 + b2)))
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = jnp.mean(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T @ dZ2 * (1 - jnp.power(A1, 2))
    dW1 = dZ1 @ X.T / m
    db1 = jnp.mean(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2
