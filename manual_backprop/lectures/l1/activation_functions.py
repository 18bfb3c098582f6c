"""L1-01 to L1-04: activation functions."""

from typing import Any

import jax.numpy as jnp

from functional_nn.activations import activations
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Matrix,
    Meaning,
    Number,
    Vector,
    growing,
    shrinking,
)
from manual_backprop.lectures.plain import sigmoid

SOME = (0.3, -1.2, 2.0, 0.0)
FAR = (growing(u=1000.0), growing(u=-1000.0))
NEAR = shrinking(u=1.0)
FAR_X = (growing(x=1000.0), growing(x=-1000.0))
UNITS: dict[str, Any] = {
    "w": (0.5, -1.0),
    "x": ((0.4, 1.0), (1.5, 0.2), (-0.6, -0.8), (0.6, 0.2)),
    "b": 0.3,
}
#: The first sample is at w·x + b = 0, exactly.
AT_THE_KINK = {"x": ((0.5, 0.5), *UNITS["x"][1:]), "b": 0.25}


def _logistic(u: Vector) -> Vector:
    return 1 / (1 + jnp.exp(-u))


def _shifted(u: Vector) -> Vector:
    return 1 / (1 + jnp.exp(-u)) - 1 / 2


def _shifted_to_the_range(u: Vector) -> Vector:
    return 2 / (1 + jnp.exp(-u)) - 1


def _unit(w: Vector, x: Matrix, b: Number) -> Vector:
    return jnp.maximum(jnp.zeros(len(x), x.dtype), x @ w + b[None])


def _relu_unit(w: Vector, x: Matrix, b: Number) -> Vector:
    return activations["relu"](x @ w + b[None])


def _clipped(w: Vector, x: Matrix, b: Number) -> tuple[Vector, Matrix, Number]:
    z = x @ w + b[None]
    passed = jnp.where(z > 0, jnp.ones_like(z), jnp.zeros_like(z))
    return passed @ x, passed[:, None] * w[None, :], jnp.sum(passed)


def _soft(x: Vector) -> Vector:
    return jnp.log(jnp.exp(x) + 1)


ACTIVATION_FUNCTIONS = (
    Entry(
        "L1-01",
        "Activation Functions",
        Form(
            "logistic(u) = 1/(1 + e⁻ᵘ)",
            r"\text{logistic}(u) = \frac{1}{1 + e^{-u}}",
            (Claim("logistic", _logistic, Meaning(sigmoid), {"u": SOME}, extremes=FAR),),
        ),
        "The slide's sign between the two sides is a circle, ∘; read as =.",
    ),
    Entry(
        "L1-02",
        "Activation Functions",
        Form(
            "tanh: like logistic function but shifted to range [−1, +1]",
            r"\tanh \text{: “like logistic function but shifted to range } [-1, +1] \text{”}",
            (
                Claim(
                    "tanh, shifted so that it is centred",
                    _shifted,
                    Meaning(activations["tanh"]),
                    {"u": SOME},
                    extremes=(*FAR, NEAR),
                ),
                Claim(
                    "tanh, shifted and stretched to the range",
                    _shifted_to_the_range,
                    Meaning(activations["tanh"]),
                    {"u": SOME},
                    extremes=(*FAR, NEAR),
                ),
            ),
        ),
        "Read twice: shifted alone, so that it is centred, 1/(1 + e⁻ᵘ) − ½; shifted and "
        "stretched, by the straight line that takes the range (0, 1) to (−1, 1), 2/(1 + e⁻ᵘ) − 1.",
        Form(
            "tanh(u) = 2 logistic(2u) − 1 on paper, computed as sign(u) · −expm1(−2|u|) · "
            "logistic(2|u|), expm1(v) = eᵛ − 1",
            r"\tanh(u) = 2\, \text{logistic}(2u) - 1 \text{ on paper,}\quad \text{computed as }"
            r" \text{sign}(u) \cdot \left( -\text{expm1}(-2|u|) \right) \cdot"
            r" \text{logistic}(2|u|),\quad \text{expm1}(v) = e^v - 1",
            (
                Claim(
                    "tanh",
                    stable.tanh,
                    Meaning(activations["tanh"]),
                    {"u": SOME},
                    extremes=(*FAR, NEAR),
                ),
            ),
        ),
        symbols={"value": "tanh(u)", "jnp.exp": "e to the power of", "jnp.square": "the square of"},
    ),
    Entry(
        "L1-03",
        "Activation Functions",
        Form(
            "max(0, w·x + b); clip the gradient when you pass zero",
            r"\max(0, w \cdot x + b) \text{; “clip the gradient when you pass zero”}",
            (
                Claim("max", _unit, Meaning(_relu_unit), UNITS),
                Claim(
                    "its gradient",
                    _clipped,
                    Meaning(lambda w, x, b: jnp.sum(_relu_unit(w, x, b))),
                    UNITS,
                    wrt=("w", "x", "b"),
                    corners=(AT_THE_KINK,),
                ),
            ),
        ),
        "Clipped: the gradient of w·x + b where that is positive, 0 elsewhere; also 0 at the kink.",
    ),
    Entry(
        "L1-04",
        "Activation Functions",
        Form(
            "log(exp(x) + 1)",
            r"\log(\exp(x) + 1)",
            (
                Claim(
                    "soft version",
                    _soft,
                    Meaning(activations["softplus"]),
                    {"x": SOME},
                    extremes=FAR_X,
                ),
            ),
        ),
        "The soft version of max(0, x); log is the natural one.",
        Form(
            "max(x, 0) + log1p(exp(−|x|)), log1p(v) = log(1 + v)",
            r"\max(x, 0) + \text{log1p}(\exp(-|x|)),\quad \text{log1p}(v) = \log(1 + v)",
            (
                Claim(
                    "soft version",
                    stable.softplus,
                    Meaning(activations["softplus"]),
                    {"x": SOME},
                    extremes=FAR_X,
                ),
            ),
        ),
    ),
)
