"""Word vectors with negative samples: gathered forwards, scattered back."""

import jax
import jax.numpy as jnp


def loss(emb, ctx, center, pos, neg):
    v = emb[center]
    u = ctx[pos]
    un = ctx[neg]
    lp = jax.nn.log_sigmoid(jnp.sum(v * u, -1))
    ln = jax.nn.log_sigmoid(-jnp.einsum("bd,bkd->bk", v, un))
    return -(jnp.sum(lp) + jnp.sum(ln)) / len(center)


def gradient(emb, ctx, center, pos, neg):
    n = len(center)
    v = emb[center]
    u = ctx[pos]
    un = ctx[neg]
    gp = (jax.nn.sigmoid(jnp.sum(v * u, -1)) - 1) / n
    gn = jax.nn.sigmoid(jnp.einsum("bd,bkd->bk", v, un)) / n
    dv = gp[:, None] * u + jnp.einsum("bk,bkd->bd", gn, un)
    du = gp[:, None] * v
    dun = gn[:, :, None] * v[:, None, :]
    demb = jnp.zeros_like(emb).at[center].add(dv)
    dctx = jnp.zeros_like(ctx).at[pos].add(du).at[neg].add(dun)
    return demb, dctx
