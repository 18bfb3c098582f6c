"""Forward functions that several lectures need, each in a form that floating point cannot break.

Probabilities of exactly 0 and 1 are ordinary inputs here: 0 ln 0 is 0, as in the limit.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from functional_nn.activations import activations
from functional_nn.losses import losses

sigmoid = activations["sigmoid"]


def times_log(t: Float[Array, "..."], p: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``t ln p``, 0 where t is 0; the inner ``where`` keeps its derivative finite, too."""
    counts = t != 0
    return jnp.where(counts, t * jnp.log(jnp.where(counts, p, jnp.ones_like(p))), 0 * t)


def log_likelihood(y: Float[Array, "..."], t: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``t ln y + (1 - t) ln(1 - y)``, element by element: Bernoulli, y the probability."""
    counts = t != 1
    rest = jnp.where(counts, (1 - t) * jnp.log1p(-jnp.where(counts, y, jnp.zeros_like(y))), 0 * t)
    return times_log(t, y) + rest


def bernoulli_loss(z: Float[Array, "..."], t: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``ln(1 + e^z) - t z``, element by element: the house's loss, from the logit."""
    rows = losses["binary_cross_entropy"](jnp.reshape(z, (-1, 1)), jnp.reshape(t, (-1, 1)))
    return jnp.reshape(rows, z.shape)


def softmax(z: Float[Array, "*rows classes"]) -> Float[Array, "*rows classes"]:
    """Return ``e^{z_c} / Σ e^{z_c}``, with the largest subtracted first: it cancels."""
    e = jnp.exp(z - jnp.max(z, axis=-1, keepdims=True))
    return e / jnp.sum(e, axis=-1, keepdims=True)
