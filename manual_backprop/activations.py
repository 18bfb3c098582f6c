"""Slopes g' of the activation functions, by name: from the output ``u`` where that is enough.

    name        g'                                       from
    identity    1                                        u
    step        0                                        u
    sigmoid     u (1 - u)                                u
    tanh        (1 - u)(1 + u)                           u
    relu        0 if u <= 0 else 1                       u
    leaky_relu  1 if u > 0 else 0.01                     u
    softplus    1 - e^-u                                 u
    elu         1 if z > 0 else e^z                      z
    gelu        Φ(z) + z φ(z)                            z
    gelu_tanh   (1 + t)/2 + z/2 (1 - t²) s (1 + 3 c z²)  z     t = tanh(s (z + c z³))
    silu        σ(z) (1 + z (1 - σ(z)))                  z

A slope that needs ``u`` alone lets the backward pass forget ``z``. Two forms are chosen for their
digits: ``(1 - u)(1 + u)`` rather than ``1 - u²``, which loses them as u nears ±1, and for elu
``e^z`` rather than ``u + 1``, which loses them as u nears -1. At a kink the left piece's slope
holds, as in ``functional_nn``: relu' (0) = 0, leaky_relu' (0) = 0.01.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from functional_nn.activations import (
    GELU_CUBIC,
    GELU_SATURATION,
    GELU_SCALE,
    LEAK,
    activations,
)
from functional_nn.activations import sigmoid as logistic


def identity(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 1."""
    return jnp.ones_like(u)


def step(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 0: a threshold passes no gradient."""
    return jnp.zeros_like(u)


def sigmoid(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``u (1 - u)``."""
    return u * (1 - u)


def tanh(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``(1 - u)(1 + u)``."""
    return (1 - u) * (1 + u)


def relu(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 0 where ``u <= 0``, which is where ``z <= 0``; else 1."""
    return jnp.where(u <= 0, jnp.zeros_like(u), jnp.ones_like(u))


def leaky_relu(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 1 where ``u > 0``, else 0.01: a leak keeps the sign of z."""
    return jnp.where(u > 0, jnp.ones_like(u), jnp.full_like(u, LEAK))


def softplus(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``sigmoid(z) = 1 - e^-u``, with ``expm1`` for the digits of small u."""
    return -jnp.expm1(-u)


def elu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 1 where ``z > 0``, else ``e^z``; at 0 its own slope is the left piece's too."""
    below = jnp.where(z > 0, jnp.zeros_like(z), z)
    return jnp.exp(below)


def gelu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``Φ(z) + z φ(z)``: the normal distribution function and its density."""
    distribution = 0.5 * lax.erfc(-math.sqrt(0.5) * z)
    density = jnp.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return distribution + z * density


def gelu_tanh(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return the slope of the tanh form; the clip keeps z³ from overflowing."""
    v = jnp.clip(z, -GELU_SATURATION, GELU_SATURATION)
    t = jnp.tanh(GELU_SCALE * (v + GELU_CUBIC * v * v * v))
    inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * v * v)
    return 0.5 * (1 + t) + 0.5 * v * (1 - t) * (1 + t) * inner


def silu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``σ(z) (1 + z (1 - σ(z)))``."""
    s = logistic(z)
    return s * (1 + z * (1 - s))


@dataclass(frozen=True)
class Slope:
    """The slope g' of one activation.

    Attributes:
        activation: Name of g.
        kept: What ``formula`` takes: the pre-activation "z" or the output "u".
        formula: g' of what is kept, element by element.
    """

    activation: str
    kept: Literal["z", "u"]
    formula: Callable[[Float[Array, "..."]], Float[Array, "..."]]

    def __call__(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        """Return g'(z)."""
        return self.formula(z if self.kept == "z" else activations[self.activation](z))


_TABLE = (
    Slope("identity", "u", identity),
    Slope("step", "u", step),
    Slope("sigmoid", "u", sigmoid),
    Slope("tanh", "u", tanh),
    Slope("relu", "u", relu),
    Slope("leaky_relu", "u", leaky_relu),
    Slope("softplus", "u", softplus),
    Slope("elu", "z", elu),
    Slope("gelu", "z", gelu),
    Slope("gelu_tanh", "z", gelu_tanh),
    Slope("silu", "z", silu),
)

slopes: Mapping[str, Slope] = MappingProxyType({slope.activation: slope for slope in _TABLE})
