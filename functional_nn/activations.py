"""Activation functions g, by name.

    name        g(z)
    identity    z
    step        0 if z < 0 else 1
    sigmoid     1 / (1 + e^-z)
    tanh        (e^z - e^-z) / (e^z + e^-z)
    relu        0 if z <= 0 else z
    leaky_relu  z if z > 0 else 0.01 z
    softplus    ln(1 + e^z)
    elu         z if z > 0 else e^z - 1
    gelu        z Φ(z), Φ the standard normal distribution function
    gelu_tanh   z/2 (1 + tanh(√(2/π) (z + 0.044715 z³)))
    silu        z / (1 + e^-z)

Each is finite with a finite slope for every finite z, and nan stays nan: a broken weight must
not look like a dead unit. Pieces are chosen with ``where``, so that at a kink the left piece's
slope holds: relu has slope 0 at 0, leaky_relu 0.01. ``softplus`` goes through ``jnp.logaddexp``,
which carries a derivative rule of JAX's own; the others are plain.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

Activation: TypeAlias = Callable[[Float[Array, "..."]], Float[Array, "..."]]

LEAK = 0.01
GELU_CUBIC = 0.044715  # Hendrycks and Gimpel, arXiv:1606.08415
GELU_SCALE = math.sqrt(2 / math.pi)
GELU_SATURATION = 10.0  # beyond it the tanh below is ±1 to the last bit, even in float64


def identity(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z``: a linear unit."""
    return z


def step(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return 0 where ``z < 0`` and 1 elsewhere: the threshold unit of the perceptron."""
    return jnp.where(z < 0, jnp.zeros_like(z), jnp.where(z >= 0, jnp.ones_like(z), z))


def sigmoid(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``1 / (1 + e^-z)``, without overflow for any z."""
    return lax.logistic(z)


def tanh(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return the hyperbolic tangent."""
    return jnp.tanh(z)


def relu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z`` where positive, else 0; the slope at 0 is 0."""
    return jnp.where(z <= 0, jnp.zeros_like(z), z)


def leaky_relu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z`` where positive, else ``0.01 z``; the slope at 0 is 0.01."""
    return jnp.where(z > 0, z, LEAK * z)


def softplus(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``ln(1 + e^z)``, without overflow for any z."""
    return jnp.logaddexp(z, jnp.zeros_like(z))


def elu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z`` where positive, else ``e^z - 1``."""
    below = jnp.where(z > 0, jnp.zeros_like(z), z)  # keeps e^z finite on the side not taken
    return jnp.where(z > 0, z, jnp.expm1(below))


def gelu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z Φ(z)``, exact; ``erfc`` keeps the digits of the left tail."""
    return 0.5 * z * lax.erfc(-math.sqrt(0.5) * z)


def gelu_tanh(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return the tanh form of ``gelu``, within 5e-4 of it; the clip keeps z³ from overflowing."""
    v = jnp.clip(z, -GELU_SATURATION, GELU_SATURATION)
    return 0.5 * z * (1 + jnp.tanh(GELU_SCALE * (v + GELU_CUBIC * v * v * v)))


def silu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return ``z sigmoid(z)``."""
    return z * sigmoid(z)


activations: Mapping[str, Activation] = MappingProxyType(
    {
        "identity": identity,
        "step": step,
        "sigmoid": sigmoid,
        "tanh": tanh,
        "relu": relu,
        "leaky_relu": leaky_relu,
        "softplus": softplus,
        "elu": elu,
        "gelu": gelu,
        "gelu_tanh": gelu_tanh,
        "silu": silu,
    }
)
