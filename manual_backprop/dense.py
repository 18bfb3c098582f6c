"""The equations of a dense layer ``z = u W + b``, backwards."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from functional_nn.arrays import Precision
from functional_nn.dense import Dense
from functional_nn.products import product
from manual_backprop.products import transposed_product


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
        weight=transposed_product(u, delta, precision),
        bias=jnp.sum(delta, axis=0),
    )


def pull_back(
    layer: Dense, delta: Float[Array, "batch n_out"], precision: Precision = None
) -> Float[Array, "batch n_in"]:
    """Return the gradient of the layer's input.

    Equations:
        dJ/du = δ Wᵀ          (BP2, before the slope)
    """
    return product(delta, layer.weight.T, precision)
