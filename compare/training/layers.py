"""What can be seen of each layer: gradient and update, dead and saturated units.

gradient_norm   √(‖dW‖² + ‖db‖²)
update_ratio    ‖ΔW‖ / ‖W‖
dead            share of units whose slope g'(z) is 0 on every row
saturated       share of outputs, over units and rows, whose slope is below a hundredth of the
                steepest; of the activations that level off on both sides, nan for others
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from compare.training.contexts import at_least_float32
from compare.training.each_layer import each, through
from functional_nn import MLP, Dense, Params, Scalar, activations, dense
from manual_backprop.activations import slopes

#: Steepest slope of each activation that levels off on both sides.
STEEPEST: Mapping[str, float] = MappingProxyType({"sigmoid": 0.25, "tanh": 1.0})
FLAT = 0.01  # of the steepest


class Layers(NamedTuple):
    """What was seen, a number a layer, and what came out at the end of the network."""

    gradient_norm: Float[Array, " layers"]
    update_ratio: Float[Array, " layers"]
    dead: Float[Array, " layers"]
    saturated: Float[Array, " layers"]
    output: Float[Array, "rows n_out"]


def look_at(
    mlp: MLP, params: Params, grads: Params, updates: Params, x: Float[Array, "rows n_in"]
) -> Layers:
    """Look at each layer; to be traced.

    Args:
        mlp: The network.
        params: Its parameters.
        grads: Gradients of them.
        updates: What the optimizer made of these.
        x: Rows that units are looked at on.
    """
    dtype = at_least_float32(x.dtype)

    def see(name: str, layer: Dense, u: Array) -> tuple[Array, tuple[Scalar, Scalar]]:
        z = dense.forward(layer, u)
        u = activations[name](z)
        slope = slopes[name].formula(z if slopes[name].kept == "z" else u)
        dead = jnp.mean(jnp.all(slope == 0, axis=0), dtype=dtype)
        return u, (dead, _flat(name, slope, dtype))

    output, (dead, saturated) = through(mlp, params, x, see)
    return Layers(
        gradient_norm=each(partial(_norm, dtype), grads),
        update_ratio=each(partial(_ratio, dtype), updates, params),
        dead=dead,
        saturated=saturated,
        output=output,
    )


def _flat(name: str, slope: Float[Array, "rows units"], dtype: np.dtype) -> Scalar:
    if name not in STEEPEST:
        return jnp.full((), jnp.nan, dtype)
    return jnp.mean(jnp.abs(slope) < FLAT * STEEPEST[name], dtype=dtype)


def _norm(dtype: np.dtype, layer: Dense) -> Scalar:
    return jnp.sqrt(sum(jnp.sum(jnp.square(leaf.astype(dtype))) for leaf in layer))


def _ratio(dtype: np.dtype, update: Dense, layer: Dense) -> Scalar:
    """Return how much of a weight matrix an update changes; nan where it is all zero."""
    change, size = (
        jnp.sqrt(jnp.sum(jnp.square(part.weight.astype(dtype)))) for part in (update, layer)
    )
    return jnp.where(size > 0, change / jnp.where(size > 0, size, jnp.ones_like(size)), jnp.nan)
