"""A one-dimensional convolution written with patches, a relu and a mean."""

import jax.numpy as jnp

STEPS = (("readout",), ("kernel", "bias"), ("x",))
ARGNUMS = (0, 1, 2, 3)
WIDTH = 3


def inputs(rng):
    return (
        rng.normal(size=(3, 2, 4)),
        rng.normal(size=4),
        rng.normal(size=4),
        rng.normal(size=(5, 9, 2)),
        rng.normal(size=5),
    )


def patches(x):
    return jnp.stack([x[:, i : i + x.shape[1] - WIDTH + 1] for i in range(WIDTH)], axis=2)


def loss(kernel, bias, readout, x, y):
    z = jnp.einsum("blwc,wcf->blf", patches(x), kernel) + bias
    pooled = jnp.mean(jnp.maximum(z, 0.0), axis=1)
    return jnp.mean((pooled @ readout - y) ** 2)


def gradient(kernel, bias, readout, x, y):
    windows = patches(x)
    z = jnp.einsum("blwc,wcf->blf", windows, kernel) + bias
    pooled = jnp.mean(jnp.maximum(z, 0.0), axis=1)
    dscore = 2 * (pooled @ readout - y) / y.shape[0]
    dreadout = pooled.T @ dscore
    dpooled = dscore[:, None] * readout
    length = z.shape[1]
    dz = (z > 0) * dpooled[:, None, :] / length
    dkernel = jnp.einsum("blwc,blf->wcf", windows, dz)
    dbias = dz.sum(axis=(0, 1))
    dwindows = jnp.einsum("blf,wcf->blwc", dz, kernel)
    dx = jnp.zeros_like(x)
    for i in range(WIDTH):
        dx = dx.at[:, i : i + length].add(dwindows[:, :, i])
    return dkernel, dbias, dreadout, dx
