"""Sequences of unequal length: a masked mean and a masked maximum, side by side."""

import jax.numpy as jnp
import numpy as np

STEPS = (("v",), ("w",))
ARGNUMS = (0, 1)


def inputs(rng):
    mask = (np.arange(6)[None, :] < np.array([6, 3, 4, 2])[:, None]).astype(float)
    return (
        rng.normal(size=(3, 5)),
        rng.normal(size=10),
        rng.normal(size=(4, 6, 3)),
        mask,
        rng.normal(size=4),
    )


def loss(w, v, x, mask, y):
    h = jnp.tanh(x @ w)
    count = mask.sum(axis=1)[:, None]
    mean = jnp.sum(h * mask[:, :, None], axis=1) / count
    top = jnp.max(jnp.where(mask[:, :, None] > 0, h, -2.0), axis=1)
    return 0.5 * jnp.sum((jnp.concatenate([mean, top], axis=1) @ v - y) ** 2)


def gradient(w, v, x, mask, y):
    h = jnp.tanh(x @ w)
    m = mask[:, :, None]
    count = m.sum(axis=1)
    mean = (h * m).sum(axis=1) / count
    visible = jnp.where(m > 0, h, -2.0)
    top = visible.max(axis=1)
    both = jnp.concatenate([mean, top], axis=1)
    dscore = both @ v - y
    dv = both.T @ dscore
    dboth = dscore[:, None] * v
    dmean, dtop = dboth[:, :5], dboth[:, 5:]
    is_top = (visible == top[:, None, :]) * m
    is_top = is_top / is_top.sum(axis=1, keepdims=True)  # equal maxima share
    dh = m * (dmean / count)[:, None, :] + is_top * dtop[:, None, :]
    dz = dh * (1 - h) * (1 + h)
    dw = jnp.einsum("bti,btj->ij", x, dz)
    return dw, dv
