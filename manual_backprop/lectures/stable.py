"""The mended forms that several lectures need: what they are, their text says and these compute.

They stand apart from the transcriptions, so that a search for what mends one of those finds an
edit of what is printed, and no function that has the answer.

    σ(x)                1 / (1 + e⁻ˣ), of the house
    logistic_slope      σ(x) σ(−x)                          1 − σ(x) cancels, σ(−x) does not
    tanh                sign(x) · −expm1(−2|x|) · σ(2|x|)   2σ(2x) − 1 cancels near 0
    tanh_slope          1 / cosh² x                         1 − tanh² x cancels far from it
    softplus            max(x, 0) + log1p(e^{−|x|})
    cross_entropy       max(z, 0) − t z + log1p(e^{−|z|})   the first two cancel exactly at t = 1
    cross_entropy_slope (1 − t) σ(z) − t σ(−z)              is σ(z) − t
    softmax             e^{z_k − m} / Σ_l e^{z_l − m}       m = max z
    log_likelihoods     z_c − m − log1p(Σ_{d≠k} e^{z_d − m}),   k the first place of m
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from manual_backprop.lectures.entry import Vector
from manual_backprop.lectures.plain import sigmoid


def logistic_slope(x: Vector) -> Vector:
    """Return σ′(x)."""
    return sigmoid(x) * sigmoid(-x)


def tanh(x: Vector) -> Vector:
    """Return the hyperbolic tangent: ``2 σ(2x) - 1``."""
    return jnp.sign(x) * -jnp.expm1(-2 * jnp.abs(x)) * sigmoid(2 * jnp.abs(x))


def tanh_slope(x: Vector) -> Vector:
    """Return tanh′(x)."""
    return 1 / jnp.cosh(x) ** 2


def softplus(x: Vector) -> Vector:
    """Return ``ln(1 + e^x)``."""
    return jnp.maximum(x, jnp.zeros_like(x)) + jnp.log1p(jnp.exp(-jnp.abs(x)))


def cross_entropy(z: Vector, t: Vector) -> Vector:
    """Return ``ln(1 + e^z) - t z``, element by element."""
    return jnp.maximum(z, jnp.zeros_like(z)) - t * z + jnp.log1p(jnp.exp(-jnp.abs(z)))


def cross_entropy_slope(z: Vector, t: Vector) -> Vector:
    """Return the derivative of ``cross_entropy`` with respect to z."""
    return (1 - t) * sigmoid(z) - t * sigmoid(-z)


def log_likelihood_slope(z: Vector, t: Vector) -> Vector:
    """Return the derivative of the log-likelihood, ``-cross_entropy``."""
    return t * sigmoid(-z) - (1 - t) * sigmoid(z)


def softmax(z: Vector) -> Vector:
    """Return ``e^{z_k} / Σ_l e^{z_l}``."""
    return jnp.exp(z - jnp.max(z)) / jnp.sum(jnp.exp(z - jnp.max(z)))


def log_likelihoods(z: Float[Array, "*rows classes"]) -> Float[Array, "*rows classes"]:
    """Return ``ln softmax(z)``, row by row; the largest adds its 1 without rounding."""
    m = jnp.max(z, axis=-1, keepdims=True)
    numbers = jnp.broadcast_to(jnp.arange(z.shape[-1]), z.shape)
    others = numbers != jnp.argmax(z, axis=-1, keepdims=True)
    rest = jnp.sum(jnp.where(others, jnp.exp(z - m), jnp.zeros_like(z)), axis=-1, keepdims=True)
    return z - m - jnp.log1p(rest)
