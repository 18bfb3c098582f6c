"""L0-05 to L0-07: back propagation, one unit at a time."""

import jax.numpy as jnp

from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Number, Vector
from manual_backprop.lectures.l0.network import (
    DELTA,
    INPUTS,
    SQUARE,
    G,
    after,
    before,
    before_from_z_below,
    error,
    loss,
    loss_from_z_below,
    slope,
    weighted,
)


def _weight(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Matrix:
    z = weighted(W, b, below)
    return jnp.stack(
        [
            jnp.stack([g[j] * below[i] * slope(z[j]) for j in range(g.size)])
            for i in range(below.size)
        ]
    )


def _unit(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Vector:
    z = weighted(W, b, below)
    return jnp.stack(
        [sum(g[k] * W[j, k] * slope(z[k]) for k in range(g.size)) for j in range(below.size)]
    )


def _at_the_top(g: Vector, above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Vector:
    return g * (W.T @ below + b)


def _error(above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Number:
    return error(above, y)


def _from_z(above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Number:
    return loss(W, b + above, below, y)  # a step in z is a step in b


def _known(above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> tuple[Vector]:
    return (above - y,)


def _known_from_z(above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> tuple[Vector]:
    return after(W, b + above, below, y)


def _just_the_loss(
    g: Vector, above: Vector, W: Matrix, b: Vector, below: Vector, y: Vector
) -> Vector:
    return g


AT_THE_TOP = {"above": (0.7, 0.4), **SQUARE}
LAST, LAST_FROM_Z = Meaning(_error, _known, G), Meaning(_from_z, _known_from_z, DELTA)


BACK_PROPAGATION = (
    Entry(
        "L0-05",
        "Back Propagation - preliminaries",
        Form(
            "∂L/∂w_ijˡ = g_jˡ x_iˡ⁻¹ σ′(z_jˡ),  g_jˡ = ∂L/∂x_jˡ",
            r"\frac{\partial \mathcal{L}}{\partial w_{ij}^l} = g_j^l\, x_i^{l-1} \cdot "
            r"\sigma'(z_j^l),\qquad g_j^l \triangleq \frac{\partial \mathcal{L}}{\partial x_j^l}",
            (
                Claim(
                    "∂L/∂w",
                    _weight,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("W",),
                    house=Meaning(loss, before, DELTA),
                ),
            ),
        ),
        "For all i and j, with g taken after the nonlinearity, as the slide defines it.",
    ),
    Entry(
        "L0-06",
        "Back Propagation",
        Form(
            "g_jˡ = Σ_k g_kˡ⁺¹ w_jkˡ⁺¹ σ′(z_kˡ⁺¹)",
            r"g_j^l = \sum_k g_k^{l+1} \cdot w_{jk}^{l+1} \cdot \sigma'(z_k^{l+1})",
            (
                Claim(
                    "gˡ",
                    _unit,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("below",),
                    house=Meaning(loss_from_z_below, before_from_z_below, DELTA),
                ),
            ),
        ),
        "For all j; the sum is over the units k of the layer above, g is ∂L/∂x.",
    ),
    Entry(
        "L0-07",
        'Back Propagation, under "Stopping criterion"',
        Form(
            "g_jˡ = ∂L/∂x_jˡ · (Σ_i w_ijˡ x_iˡ⁻¹ + b_j)",
            r"g_j^l = \frac{\partial \mathcal{L}}{\partial x_j^l} \cdot "
            r"\left( \sum_i w_{ij}^l \cdot x_i^{l-1} + b_j \right)",
            (
                Claim(
                    "g at the last layer",
                    _at_the_top,
                    LAST,
                    AT_THE_TOP,
                    wrt=("above",),
                    house=LAST_FROM_Z,
                ),
            ),
        ),
        "The recursion ends at the last layer, where ∂L/∂x_j comes from the loss. g_j is "
        "compared with ∂L/∂x_j, as which the lecture defines it; what is in brackets is z_j, "
        "as the brace under it says.",
        Form(
            "g_jᴸ = ∂L/∂x_jᴸ",
            r"g_j^L = \frac{\partial \mathcal{L}}{\partial x_j^L}",
            (
                Claim(
                    "g at the last layer",
                    _just_the_loss,
                    LAST,
                    AT_THE_TOP,
                    wrt=("above",),
                    house=LAST_FROM_Z,
                ),
            ),
        ),
        symbols={"g": "∂L/∂xˡ", "above": "xˡ", "below": "xˡ⁻¹", "W": "Wˡ", "b": "bˡ"},
    ),
)
