"""Euler steps of an equation, and their adjoint: a scan, and one in reverse."""

import jax
import jax.numpy as jnp

DT = 0.1


def f(y, W):
    return jnp.tanh(W @ y)


def loss(W, y0, target):
    def step(y, _):
        return y + DT * f(y, W), y

    yT, _ = jax.lax.scan(step, y0, None, length=8)
    return 0.5 * jnp.sum((yT - target) ** 2)


def gradient(W, y0, target):
    def step(y, _):
        return y + DT * f(y, W), y

    yT, ys = jax.lax.scan(step, y0, None, length=8)

    def back(carry, y):
        lam, dW = carry
        s = 1 - f(y, W) ** 2
        v = DT * s * lam
        dW = dW + jnp.outer(v, y)
        lam = lam + W.T @ v
        return (lam, dW), None

    (lam, dW), _ = jax.lax.scan(back, (yT - target, jnp.zeros_like(W)), ys, reverse=True)
    return dW, lam
