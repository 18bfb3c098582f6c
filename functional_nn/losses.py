"""Loss of each row, by name, from the last layer's output ``u`` and the encoded target ``t``.

    name                   loss of a row
    half_squared_error     1/2 Σ_o (u_o - t_o)²
    squared_error          Σ_o (u_o - t_o)²
    binary_cross_entropy   Σ_o ln(1 + e^{u_o}) - t_o u_o            u: logits, t in [0, 1]
    softmax_cross_entropy  (Σ_c t_c) ln Σ_c e^{u_c} - Σ_c t_c u_c   u: logits, t: class weights
    hinge                  Σ_o max(0, 1 - t_o u_o)                  t: -1 or +1

Both cross-entropies take logits: a probability of exactly 0 or 1 never appears, and logits of
±10⁴ are harmless. The mean over rows is taken in ``mlp.py``. Units: nats for the cross-entropies,
squared output units for the squared errors.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from functional_nn.activations import softplus

Loss: TypeAlias = Callable[
    [Float[Array, "batch n_out"], Float[Array, "batch n_out"]], Float[Array, " batch"]
]


def half_squared_error(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"]
) -> Float[Array, " batch"]:
    """Return ``1/2 Σ (u - t)²``; the half makes its derivative ``u - t``."""
    return 0.5 * jnp.sum((u - t) ** 2, axis=1)


def squared_error(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"]
) -> Float[Array, " batch"]:
    """Return ``Σ (u - t)²``."""
    return jnp.sum((u - t) ** 2, axis=1)


def binary_cross_entropy(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"]
) -> Float[Array, " batch"]:
    """Return ``Σ -t ln p - (1 - t) ln(1 - p)`` with ``p = sigmoid(u)``, from the logits."""
    return jnp.sum(softplus(u) - t * u, axis=1)


def softmax_cross_entropy(
    u: Float[Array, "batch classes"], t: Float[Array, "batch classes"]
) -> Float[Array, " batch"]:
    """Return ``-Σ t ln p`` with ``p = softmax(u)``, from the logits.

    The largest logit is subtracted first; ``stop_gradient`` says that the shift is a constant of
    the calculation, which it is: it cancels.
    """
    shifted = u - lax.stop_gradient(jnp.max(u, axis=1, keepdims=True))
    log_normalizer = jnp.log(jnp.sum(jnp.exp(shifted), axis=1))
    return jnp.sum(t, axis=1) * log_normalizer - jnp.sum(t * shifted, axis=1)


def hinge(u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"]) -> Float[Array, " batch"]:
    """Return ``Σ max(0, 1 - t u)``; at the margin itself (t u = 1) the slope is 0."""
    short = 1 - t * u
    return jnp.sum(jnp.where(short <= 0, jnp.zeros_like(short), short), axis=1)  # nan stays nan


losses: Mapping[str, Loss] = MappingProxyType(
    {
        "half_squared_error": half_squared_error,
        "squared_error": squared_error,
        "binary_cross_entropy": binary_cross_entropy,
        "softmax_cross_entropy": softmax_cross_entropy,
        "hinge": hinge,
    }
)
