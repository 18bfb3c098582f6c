"""Output deltas dJ/du of the losses, by name, the mean over rows included.

    name                   dJ/du of a row, times the row's share in the mean     (BP1)
    half_squared_error     u - t
    squared_error          2 (u - t)
    binary_cross_entropy   σ(u) - t
    softmax_cross_entropy  p Σ_c t_c - t      p = softmax(u)
    hinge                  0 where t u >= 1, else -t

A row's share is 1/batch, or w / Σ w with row weights. It enters here and nowhere else.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from functional_nn.activations import sigmoid

Shares: TypeAlias = Float[Array, " batch"] | None
OutputDelta: TypeAlias = Callable[
    [Float[Array, "batch n_out"], Float[Array, "batch n_out"], Shares],
    Float[Array, "batch n_out"],
]


def half_squared_error(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"], shares: Shares = None
) -> Float[Array, "batch n_out"]:
    """Return ``(u - t) / batch``."""
    return mean_over_rows(u - t, shares)


def squared_error(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"], shares: Shares = None
) -> Float[Array, "batch n_out"]:
    """Return ``2 (u - t) / batch``."""
    return mean_over_rows(2 * (u - t), shares)


def binary_cross_entropy(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"], shares: Shares = None
) -> Float[Array, "batch n_out"]:
    """Return ``(σ(u) - t) / batch``, u being logits."""
    return mean_over_rows(sigmoid(u) - t, shares)


def softmax_cross_entropy(
    u: Float[Array, "batch classes"], t: Float[Array, "batch classes"], shares: Shares = None
) -> Float[Array, "batch classes"]:
    """Return ``(p Σ_c t_c - t) / batch``, u being logits.

    The row sum ``Σ_c t_c`` is 1 for class labels; kept, it makes the rule exact for any
    weighting of the classes.
    """
    p = jax.nn.softmax(u, axis=1)
    return mean_over_rows(p * jnp.sum(t, axis=1, keepdims=True) - t, shares)


def hinge(
    u: Float[Array, "batch n_out"], t: Float[Array, "batch n_out"], shares: Shares = None
) -> Float[Array, "batch n_out"]:
    """Return ``-t / batch`` where the margin is short, ``t u < 1``; else 0."""
    return mean_over_rows(jnp.where(t * u >= 1, jnp.zeros_like(t), -t), shares)


def mean_over_rows(
    rows: Float[Array, "batch n_out"], shares: Shares
) -> Float[Array, "batch n_out"]:
    """Give each row its share of the mean: 1/batch, or its own."""
    if shares is None:
        return rows * (1 / rows.shape[0])  # in float16 the batch itself may be out of range
    return rows * shares[:, None]


output_deltas: Mapping[str, OutputDelta] = MappingProxyType(
    {
        "half_squared_error": half_squared_error,
        "squared_error": squared_error,
        "binary_cross_entropy": binary_cross_entropy,
        "softmax_cross_entropy": softmax_cross_entropy,
        "hinge": hinge,
    }
)
