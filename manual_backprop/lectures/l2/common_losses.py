"""L2-05 and L2-06: derivatives of common losses."""

import jax.numpy as jnp

from functional_nn.activations import activations
from functional_nn.losses import losses
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import Claim, Entry, Form, Meaning, Number, Vector, growing
from manual_backprop.lectures.plain import bernoulli_loss

OUTPUTS = {"z": (0.4, -1.2, 2.0, 0.1), "y": (1.0, 0.25, -0.5, 0.6)}
LABELS = {"z": (0.4, -1.2, 2.0, 0.7), "y": (1.0, 0.0, 0.0, 1.0)}
SIGNED = {"z": (0.4, -1.2, 2.0, 0.7), "y": (1.0, -1.0, -1.0, 1.0)}
SURE = (growing({"y": 1.0}, z=1000.0), growing({"y": 0.0}, z=-1000.0))
SURE_SIGNED = (growing({"y": 1.0}, z=1000.0), growing({"y": -1.0}, z=-1000.0))
ONES = (growing({"y": 1.0}, z=1000.0), growing({"y": 1.0}, z=-1000.0))


def _squared(z: Vector, y: Vector) -> Number:
    return losses["squared_error"](z[None, :], y[None, :])[0]


def _squares(z: Vector, y: Vector) -> Number:
    return jnp.sum((y - z) ** 2)


def _squared_slope(z: Vector, y: Vector) -> Vector:
    return jnp.broadcast_to(jnp.sum(-2 * (y - z)), z.shape)


def _squared_slope_each(z: Vector, y: Vector) -> Vector:
    return -2 * (y - z)


def _house(z: Vector, y: Vector) -> Number:
    return jnp.sum(bernoulli_loss(z, y))


def _house_of_signs(z: Vector, y: Vector) -> Number:
    return jnp.sum(bernoulli_loss(z, (1 + y) / 2))


def _printed(z: Vector, y: Vector) -> Number:
    return jnp.sum(-y * z + jnp.log(1 + jnp.exp(y * z)))


def _printed_plainly(z: Vector, y: Vector) -> Number:
    return jnp.sum(activations["softplus"](y * z) - y * z)


def _printed_slope(z: Vector, y: Vector) -> Vector:
    return y - jnp.exp(y * z) / (1 + jnp.exp(y * z))


def _stable(z: Vector, y: Vector) -> Number:
    top = jnp.maximum(z, jnp.zeros_like(z))
    return jnp.sum(top - y * z + jnp.log1p(jnp.exp(-jnp.abs(z))))


COMMON_LOSSES = (
    Entry(
        "L2-05",
        "Derivatives for common loss functions",
        Form(
            "L = Σ_i (y_i − z_i)²;  ∂L/∂z_i = Σ_i −2(y_i − z_i)",
            r"L = \sum_i (y_i - z_{O,i})^2,\qquad"
            r" \frac{\partial L}{\partial z_{O,i}} = \sum_i -2(y_i - z_{O,i})",
            (
                Claim("L", _squares, Meaning(_squared), OUTPUTS),
                Claim("∂L/∂z", _squared_slope, Meaning(_squared), OUTPUTS, wrt=("z",)),
            ),
        ),
        "The index i is free on the left and summed over on the right: read as the same sum "
        "for every i.",
        Form(
            "L = Σ_i (y_i − z_i)²;  ∂L/∂z_i = −2(y_i − z_i)",
            r"L = \sum_i (y_i - z_{O,i})^2,\qquad"
            r" \frac{\partial L}{\partial z_{O,i}} = -2(y_i - z_{O,i})",
            (
                Claim("L", _squares, Meaning(_squared), OUTPUTS),
                Claim("∂L/∂z", _squared_slope_each, Meaning(_squared), OUTPUTS, wrt=("z",)),
            ),
        ),
        symbols={
            "y": "y_i",
            "z": "z_i",
            "jnp.sum": "Σ_i",
            "jnp.broadcast_to": "the same for every i",
        },
    ),
    Entry(
        "L2-06",
        "Derivatives for common loss functions",
        Form(
            "L = Σ_i −y_i z_i + ln(1 + e^{y_i z_i});  "
            "∂L/∂z_i = y_i − e^{y_i z_i}/(1 + e^{y_i z_i})",
            r"L = \sum_i -y_i z_{O,i} + \ln(1 + e^{y_i z_{O,i}}),\qquad"
            r" \frac{\partial L}{\partial z_{O,i}} = y_i -"
            r" \frac{e^{y_i z_{O,i}}}{1 + e^{y_i z_{O,i}}}",
            (
                Claim("L, labels 0 and 1", _printed, Meaning(_house), LABELS, extremes=SURE),
                Claim(
                    "L, labels −1 and +1",
                    _printed,
                    Meaning(_house_of_signs),
                    SIGNED,
                    extremes=SURE_SIGNED,
                ),
                Claim(
                    "∂L/∂z, all labels 1",
                    _printed_slope,
                    Meaning(_house),
                    {"z": LABELS["z"], "y": (1.0, 1.0, 1.0, 1.0)},
                    wrt=("z",),
                    extremes=ONES,
                ),
                Claim(
                    "∂L/∂z, labels 0 and 1",
                    _printed_slope,
                    Meaning(_house),
                    LABELS,
                    wrt=("z",),
                    extremes=SURE,
                ),
                Claim(
                    "∂L/∂z, labels −1 and +1, of the printed L",
                    _printed_slope,
                    Meaning(_printed_plainly),
                    SIGNED,
                    wrt=("z",),
                    extremes=SURE_SIGNED,
                ),
            ),
        ),
        "The sum covers both terms. The labels are not said: tried with 0 and 1, as binary "
        "cross-entropy has them, with −1 and +1, and with 1 alone. The derivative is compared"
        " with that of binary cross-entropy, and with that of the printed L.",
        Form(
            "L = Σ_i [max(z_i, 0) − y_i z_i + log1p(e^{−|z_i|})];  "
            "∂L/∂z_i = (1 − y_i) σ(z_i) − y_i σ(−z_i);  y_i is 0 or 1",
            r"L = \sum_i \left[ \max(z_{O,i}, 0) - y_i z_{O,i} +"
            r" \text{log1p}(e^{-|z_{O,i}|}) \right],\qquad"
            r" \frac{\partial L}{\partial z_{O,i}} ="
            r" (1 - y_i)\, \sigma(z_{O,i}) - y_i\, \sigma(-z_{O,i}),\quad y_i \in \{0, 1\}",
            (
                Claim("L", _stable, Meaning(_house), LABELS, extremes=SURE),
                Claim(
                    "∂L/∂z",
                    stable.cross_entropy_slope,
                    Meaning(_house),
                    LABELS,
                    wrt=("z",),
                    extremes=SURE,
                ),
            ),
            instead=(
                "For labels 0 and 1, as binary cross-entropy has them; of a label −1 or +1 it "
                "takes (1 + y)/2."
            ),
        ),
        symbols={"y": "y_i", "z": "z_i", "value": "L", "jnp.exp": "e to the power of"},
    ),
)
