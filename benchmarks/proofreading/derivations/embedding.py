"""A table of word vectors, looked up and averaged: the gradient is scattered back."""

import jax.numpy as jnp
import numpy as np

STEPS = (("w",), ("table",))
ARGNUMS = (0, 1)


def inputs(rng):
    tokens = np.array([[0, 2, 2], [1, 4, 0], [3, 3, 3], [5, 1, 2]])
    return rng.normal(size=(6, 5)), rng.normal(size=5), tokens, rng.normal(size=4)


def loss(table, w, tokens, y):
    bag = table[tokens].mean(axis=1)
    return jnp.sum((bag @ w - y) ** 2)


def gradient(table, w, tokens, y):
    length = tokens.shape[1]
    bag = table[tokens].mean(axis=1)
    error = 2 * (bag @ w - y)
    dw = error @ bag
    dbag = error[:, None] * w
    dvectors = jnp.repeat(dbag[:, None, :], length, axis=1) / length
    dtable = jnp.zeros_like(table).at[tokens].add(dvectors)
    return dtable, dw
