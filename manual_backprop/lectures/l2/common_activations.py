"""L2-07 and L2-08: derivatives of common activation functions."""

import jax.numpy as jnp

from functional_nn.activations import activations
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import Claim, Entry, Form, Meaning, Vector, growing
from manual_backprop.lectures.plain import sigmoid

SOME = {"x": (0.3, -1.2, 2.0, 0.0)}
FAR = (growing(x=1000.0), growing(x=-1000.0))


def _sigmoid_slope(x: Vector) -> Vector:
    return sigmoid(x) * (1 - sigmoid(x))


def _tanh_slope(x: Vector) -> Vector:
    return 1 / jnp.cosh(x) ** 2


COMMON_ACTIVATIONS = (
    Entry(
        "L2-07",
        "Derivatives for common activation functions",
        Form(
            "sigmoid: g′(x) = σ(x)(1 − σ(x))",
            r"g'(x) = \sigma(x)(1 - \sigma(x))",
            (
                Claim(
                    "g′",
                    _sigmoid_slope,
                    Meaning(lambda x: jnp.sum(sigmoid(x))),
                    SOME,
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
        "Of g = σ, the sigmoid.",
        Form(
            "sigmoid: g′(x) = σ(x) σ(−x)",
            r"g'(x) = \sigma(x)\, \sigma(-x)",
            (
                Claim(
                    "g′",
                    stable.logistic_slope,
                    Meaning(lambda x: jnp.sum(sigmoid(x))),
                    SOME,
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
    ),
    Entry(
        "L2-08",
        "Derivatives for common activation functions",
        Form(
            "tanh: g′(x) = 1/cosh²(x)",
            r"g'(x) = \frac{1}{\cosh^2(x)}",
            (
                Claim(
                    "g′",
                    _tanh_slope,
                    Meaning(lambda x: jnp.sum(activations["tanh"](x))),
                    SOME,
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
        "Of g = tanh.",
    ),
)
