"""The pull-back of a dense layer, for ``helper_module``."""

import jax.numpy as jnp


def dense(u, w, b):
    return u @ w + b


def dense_backward(u, w, delta):
    return u.T @ delta, delta.sum(axis=0), delta @ w.T


def tanh_slope(z):
    return 1 - jnp.tanh(z) ** 2
