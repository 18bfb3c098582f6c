"""The equations of a dense layer ``z = u W + b``, backwards."""

from typing import cast

import jax.numpy as jnp
from jaxtyping import Array, Float

from functional_nn.arrays import Precision
from functional_nn.dense import Dense


def gradients(
    u: Float[Array, "batch n_in"],
    delta: Float[Array, "batch n_out"],
    precision: Precision = None,
) -> Dense:
    """Return the gradients of the layer's parameters.

    Equations:
        dJ/dW = uᵀ δ          (BP4)
        dJ/db = Σ_batch δ     (BP3)  b was copied to every row, so every row pays back
    """
    return Dense(
        weight=jnp.matmul(u.T, delta, precision=_delta_first(precision)),
        bias=jnp.sum(delta, axis=0),
    )


def pull_back(
    layer: Dense, delta: Float[Array, "batch n_out"], precision: Precision = None
) -> Float[Array, "batch n_in"]:
    """Return the gradient of the layer's input.

    Equations:
        dJ/du = δ Wᵀ          (BP2, before the slope)
    """
    return jnp.matmul(delta, layer.weight.T, precision=precision)


def _delta_first(precision: Precision) -> Precision:
    """Autodiff gives the first of a pair to δ in both products; in uᵀ δ it stands second."""
    return cast(Precision, precision[::-1]) if type(precision) is tuple else precision
