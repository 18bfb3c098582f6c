"""L4-07 to L4-10: the table of nonlinearities, each with its derivative."""

import math

import jax.numpy as jnp

from functional_nn.activations import activations
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Meaning,
    Vector,
    growing,
    shrinking,
)
from manual_backprop.lectures.plain import sigmoid

#: What "?" is: no number.
UNSAID = math.nan

SOME = {"x": (0.3, -1.2, 2.0, -0.4)}
WITH_ZERO = {"x": (0.3, -1.2, 0.0, 2.0)}
FAR = (growing(x=1000.0), growing(x=-1000.0))
NEAR = shrinking(x=1.0)


def _step(x: Vector) -> Vector:
    return jnp.where(x < 0, 0.0, 1.0).astype(x.dtype)


def _step_slope(x: Vector) -> Vector:
    return jnp.where(x != 0, 0.0, UNSAID).astype(x.dtype)


def _no_slope(x: Vector) -> Vector:
    return jnp.zeros_like(x)


def _logistic(x: Vector) -> Vector:
    return 1 / (1 + jnp.exp(-x))


def _logistic_slope(x: Vector) -> Vector:
    f = sigmoid(x)
    return f * (1 - f)


def _tanh(x: Vector) -> Vector:
    return 2 / (1 + jnp.exp(-2 * x)) - 1


def _tanh_slope(x: Vector) -> Vector:
    f = activations["tanh"](x)
    return 1 - f**2


def _tanh_stable(x: Vector) -> Vector:
    e = jnp.expm1(-2 * jnp.abs(x))
    return jnp.sign(x) * -e / (2 + e)


def _relu(x: Vector) -> Vector:
    return jnp.where(x < 0, jnp.zeros_like(x), x)


def _relu_slope(x: Vector) -> Vector:
    return jnp.where(x < 0, 0.0, 1.0).astype(x.dtype)


def _total(name: str) -> Meaning:
    return Meaning(lambda x: jnp.sum(activations[name](x)))


NONLINEARITIES = (
    Entry(
        "L4-07",
        "Nonlinearity functions, the table: binary step",
        Form(
            "f(x) = 0 for x < 0, 1 for x ≥ 0;  f′(x) = 0 for x ≠ 0, ? for x = 0",
            r"f(x) = \begin{cases} 0 & \text{for } x < 0 \\ 1 & \text{for } x \ge 0 \end{cases}"
            r"\qquad f'(x) = \begin{cases} 0 & \text{for } x \ne 0 \\ ? & \text{for } x = 0"
            r" \end{cases}",
            (
                Claim("f", _step, Meaning(activations["step"]), WITH_ZERO),
                Claim(
                    "f′",
                    _step_slope,
                    _total("step"),
                    SOME,
                    wrt=("x",),
                    corners=({"x": 0.0},),
                ),
            ),
        ),
        "The question mark is transcribed as nan, no number. Later copies of the table have "
        "0, or nothing, in its place.",
        Form(
            "f′(x) = 0 wherever there is a derivative; 0 is taken at x = 0",
            r"f'(x) = 0",
            (
                Claim("f", _step, Meaning(activations["step"]), WITH_ZERO),
                Claim("f′", _no_slope, _total("step"), SOME, wrt=("x",), corners=({"x": 0.0},)),
            ),
        ),
    ),
    Entry(
        "L4-08",
        "Nonlinearity functions, the table: logistic (soft step)",
        Form(
            "f(x) = 1/(1 + e⁻ˣ);  f′(x) = f(x)(1 − f(x))",
            r"f(x) = \frac{1}{1 + e^{-x}},\qquad f'(x) = f(x)(1 - f(x))",
            (
                Claim("f", _logistic, Meaning(sigmoid), WITH_ZERO, extremes=FAR),
                Claim(
                    "f′",
                    _logistic_slope,
                    _total("sigmoid"),
                    WITH_ZERO,
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
        "As printed.",
        Form(
            "f(x) = 1/(1 + e⁻ˣ);  f′(x) = f(x) f(−x)",
            r"f(x) = \frac{1}{1 + e^{-x}},\qquad f'(x) = f(x)\, f(-x)",
            (
                Claim("f", _logistic, Meaning(sigmoid), WITH_ZERO, extremes=FAR),
                Claim(
                    "f′",
                    stable.logistic_slope,
                    _total("sigmoid"),
                    WITH_ZERO,
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
    ),
    Entry(
        "L4-09",
        "Nonlinearity functions, the table: TanH",
        Form(
            "f(x) = tanh(x) = 2/(1 + e⁻²ˣ) − 1;  f′(x) = 1 − f(x)²",
            r"f(x) = \tanh(x) = \frac{2}{1 + e^{-2x}} - 1,\qquad f'(x) = 1 - f(x)^2",
            (
                Claim(
                    "f",
                    _tanh,
                    Meaning(activations["tanh"]),
                    WITH_ZERO,
                    extremes=(*FAR, NEAR),
                ),
                Claim("f′", _tanh_slope, _total("tanh"), WITH_ZERO, wrt=("x",), extremes=FAR),
            ),
        ),
        "As printed; f is tried near 0, too.",
        Form(
            "f(x) = sign(x) · −e/(2 + e), e = expm1(−2|x|), expm1(v) = eᵛ − 1;  f′(x) = 1/cosh²(x)",
            r"f(x) = \text{sign}(x) \cdot \frac{-e}{2 + e},\; e = \text{expm1}(-2|x|),\;"
            r" \text{expm1}(v) = e^v - 1,\qquad f'(x) = \frac{1}{\cosh^2(x)}",
            (
                Claim(
                    "f",
                    _tanh_stable,
                    Meaning(activations["tanh"]),
                    WITH_ZERO,
                    extremes=(*FAR, NEAR),
                ),
                Claim("f′", stable.tanh_slope, _total("tanh"), WITH_ZERO, wrt=("x",), extremes=FAR),
            ),
        ),
    ),
    Entry(
        "L4-10",
        "Nonlinearity functions, the table: rectifier (ReLU)",
        Form(
            "f(x) = 0 for x < 0, x for x ≥ 0;  f′(x) = 0 for x < 0, 1 for x ≥ 0",
            r"f(x) = \begin{cases} 0 & \text{for } x < 0 \\ x & \text{for } x \ge 0 \end{cases}"
            r"\qquad f'(x) = \begin{cases} 0 & \text{for } x < 0 \\ 1 & \text{for } x \ge 0"
            r" \end{cases}",
            (
                Claim("f", _relu, Meaning(activations["relu"]), WITH_ZERO),
                Claim(
                    "f′",
                    _relu_slope,
                    _total("relu"),
                    SOME,
                    wrt=("x",),
                    corners=({"x": 0.0},),
                ),
            ),
        ),
        "At x = 0 the table has the slope of the right side.",
    ),
)
