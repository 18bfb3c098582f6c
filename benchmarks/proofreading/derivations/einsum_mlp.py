"""Two sigmoid layers, every product an einsum."""

import jax
import jax.numpy as jnp

STEPS = (("w2",), ("w1",))


def inputs(rng):
    return (
        rng.normal(size=(4, 5)),
        rng.normal(size=(5, 3)),
        rng.normal(size=(6, 4)),
        rng.normal(size=(6, 3)),
    )


ARGNUMS = (0, 1)


def loss(w1, w2, x, y):
    u = jax.nn.sigmoid(jnp.einsum("bi,ij->bj", x, w1))
    out = jax.nn.sigmoid(jnp.einsum("bj,jk->bk", u, w2))
    return jnp.sum((out - y) ** 2)


def gradient(w1, w2, x, y):
    u = jax.nn.sigmoid(jnp.einsum("bi,ij->bj", x, w1))
    out = jax.nn.sigmoid(jnp.einsum("bj,jk->bk", u, w2))
    d_out = 2.0 * (out - y)
    d_z2 = d_out * out * (1.0 - out)
    d_w2 = jnp.einsum("bj,bk->jk", u, d_z2)
    d_u = jnp.einsum("bk,jk->bj", d_z2, w2)
    d_z1 = d_u * u * (1.0 - u)
    d_w1 = jnp.einsum("bi,bj->ij", x, d_z1)
    return d_w1, d_w2
