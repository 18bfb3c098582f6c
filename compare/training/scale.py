"""The scale of the loss in float16, whose smallest numbers gradients fall below.

Every delta is multiplied by it, every gradient divided: on paper nothing changes. It is halved
when a gradient overflows, and that step is left out; it is doubled after many that did not.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int32

FIRST, LARGEST = 2.0**15, 2.0**24
PATIENCE = 2000  # good steps before it is doubled


class Scale(NamedTuple):
    """How much deltas are multiplied by, and for how many good steps."""

    value: Float[Array, ""]
    good: Int32[Array, ""]


def first_scale(dtype: np.dtype) -> Scale:
    """Return what a run begins with."""
    return Scale(jnp.asarray(FIRST, dtype), jnp.int32(0))


def next_scale(scale: Scale, finite: Bool[Array, ""]) -> Scale:
    """Return the scale of the next step."""
    good = jnp.where(finite, scale.good + 1, jnp.zeros_like(scale.good))
    grown = good >= PATIENCE
    larger = jnp.where(grown, jnp.minimum(2 * scale.value, LARGEST), scale.value)
    smaller = jnp.maximum(scale.value / 2, jnp.ones_like(scale.value))
    return Scale(jnp.where(finite, larger, smaller), jnp.where(grown, jnp.zeros_like(good), good))
