"""Mistakes in the slope g'(z_l); the first wrong node is the delta of the same layer."""

import math

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from compare.mistakes.derivation import At, slope
from compare.mistakes.mistake import planted
from compare.mistakes.place import (
    activation,
    curved,
    neighbor,
    slope_varies,
    sloped,
    wide_neighbor,
)
from functional_nn import activations
from manual_backprop import slopes


@planted("slope", "missing-factor", sloped)
def missing_slope(at: At) -> Array:
    """The slope g' is left out of the delta."""
    return jnp.ones_like(at.z)


@planted("slope", "missing-factor", sloped)
def one_unit_without_slope(at: At) -> Array:
    """The slope of one unit, the flattest, is left out."""
    right = slope(at)
    return right.at[:, jnp.argmin(right.sum(axis=0))].set(1)


@planted("slope", "wrong-saved-value", curved)
def slope_at_the_wrong_value(at: At) -> Array:
    """A slope that is a formula of z is given u = g(z), or the other way round."""
    rule = slopes[at.activation]
    return rule.formula(at.u if rule.kept == "z" else at.z)


@planted("slope", "wrong-saved-value", slope_varies, wide_neighbor)
def slope_of_another_layer(at: At) -> Array:
    """The slope is taken at the pre-activation of the layer next to it."""
    other = neighbor(at.run.mlp, at.number)
    assert other is not None
    return slopes[at.activation](at.run.z[other])


@planted("slope", "wrong-branch", activation("relu", "leaky_relu"))
def slope_on_the_wrong_side(at: At) -> Array:
    """The gradient passes where the unit is off and stops where it is on."""
    return slopes[at.activation](-at.z)


@planted("slope", "wrong-activation-derivative", activation("relu"))
def leaky_slope_for_relu(at: At) -> Array:
    """A leak of 0.01 is let through a unit that has none."""
    return slopes["leaky_relu"](at.z)


@planted("slope", "wrong-activation-derivative", activation("leaky_relu"))
def relu_slope_for_leaky(at: At) -> Array:
    """The leak of 0.01 is forgotten."""
    return slopes["relu"](at.z)


@planted("slope", "wrong-activation-derivative", activation("gelu_tanh"))
def exact_slope_for_tanh_form(at: At) -> Array:
    """The slope of the exact gelu is used for its tanh form."""
    return slopes["gelu"](at.z)


@planted("slope", "wrong-activation-derivative", activation("gelu"))
def tanh_form_slope_for_exact(at: At) -> Array:
    """The slope of gelu's tanh form is used for the exact one."""
    return slopes["gelu_tanh"](at.z)


@planted("slope", "wrong-activation-derivative", activation("tanh"))
def square_forgotten(at: At) -> Array:
    """The slope of tanh is written 1 - u instead of 1 - u²."""
    return 1 - at.u


@planted("slope", "wrong-activation-derivative", activation("tanh"))
def sigmoid_slope_for_tanh(at: At) -> Array:
    """The slope u (1 - u) of sigmoid is used for tanh."""
    return at.u * (1 - at.u)


@planted("slope", "missing-term", activation("silu", "gelu"))
def half_a_product_rule(at: At) -> Array:
    """Of the product z f(z) only the first factor is differentiated."""
    if at.activation == "silu":
        return activations["sigmoid"](at.z)
    return 0.5 * lax.erfc(-math.sqrt(0.5) * at.z)
