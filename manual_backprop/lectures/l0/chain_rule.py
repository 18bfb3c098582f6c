"""L0-01 to L0-04: the sigmoid and the chain rule."""

import jax.numpy as jnp

from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Meaning,
    Number,
    Vector,
    growing,
)
from manual_backprop.lectures.plain import sigmoid

SOME = (0.3, -1.2, 2.0, 0.0)
FAR = (growing(x=1000.0), growing(x=-1000.0))


def _sigmoid(x: Vector) -> Vector:
    return 1 / (1 + jnp.exp(-x))


def _sigmoid_slope(x: Vector) -> Vector:
    f = sigmoid(x)
    return f * (1 - f)


def _f(y: Vector) -> Vector:
    return jnp.sin(y)


def _g(x: Vector) -> Vector:
    return x**2 + 3 * x


def _f_slope(y: Vector) -> Vector:
    return jnp.cos(y)


def _g_slope(x: Vector) -> Vector:
    return 2 * x + 3


def _of_a_function(x: Vector) -> Vector:
    return _f_slope(_g(x)) * _g_slope(x)


def _ys(x: Number) -> Vector:
    return jnp.stack([x**2, jnp.exp(x), jnp.sin(x)])


def _f_of_ys(x: Number) -> Number:
    y = _ys(x)
    return y[0] * y[1] + jnp.cos(y[2])


def _of_several(x: Number) -> Number:
    y = _ys(x)
    df_dy = jnp.stack([y[1], y[0], -jnp.sin(y[2])])
    dy_dx = jnp.stack([2 * x, jnp.exp(x), jnp.cos(x)])
    return jnp.sum(df_dy * dy_dx)


def _z(x: Number) -> Number:
    return 6 * x**2 + 4 * jnp.exp(2 * x)


def _dz_dx(x: Number) -> Number:
    return 12 * x + 8 * jnp.exp(2 * x)


CHAIN_RULE = (
    Entry(
        "L0-01",
        "Artificial Neural Networks; Derivatives of common activations",
        Form(
            "f(x) = 1/(1 + e⁻ˣ);  f′(x) = f(x)(1 − f(x))",
            r"f(x) = \frac{1}{1 + e^{-x}},\qquad f'(x) = f(x)\,(1 - f(x))",
            (
                Claim(
                    "f",
                    _sigmoid,
                    Meaning(sigmoid),
                    {"x": SOME},
                    extremes=FAR,
                ),
                Claim(
                    "f′",
                    _sigmoid_slope,
                    Meaning(lambda x: jnp.sum(sigmoid(x))),
                    {"x": SOME},
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
        "The slide shows the derivative in a picture, which the text does not have: read as "
        "f(1 − f).",
        Form(
            "f(x) = 1/(1 + e⁻ˣ);  f′(x) = f(x) f(−x)",
            r"f(x) = \frac{1}{1 + e^{-x}},\qquad f'(x) = f(x)\, f(-x)",
            (
                Claim("f", _sigmoid, Meaning(sigmoid), {"x": SOME}, extremes=FAR),
                Claim(
                    "f′",
                    stable.logistic_slope,
                    Meaning(lambda x: jnp.sum(sigmoid(x))),
                    {"x": SOME},
                    wrt=("x",),
                    extremes=FAR,
                ),
            ),
        ),
    ),
    Entry(
        "L0-02",
        "Chain rule reminder",
        Form(
            "f(g(x))′ = f′(g(x)) · g′(x)",
            r"f(g(x))' = f'(g(x)) \cdot g'(x)",
            (
                Claim(
                    "f(g(x))′",
                    _of_a_function,
                    Meaning(lambda x: jnp.sum(_f(_g(x)))),
                    {"x": SOME},
                    wrt=("x",),
                ),
            ),
        ),
        "For any f and g; tried with f = sin and g = x² + 3x.",
    ),
    Entry(
        "L0-03",
        "Chain rule reminder",
        Form(
            "df(y₁, …, y_N)/dx = Σₙ ∂f/∂yₙ · dyₙ/dx",
            r"\frac{df(y_1, y_2 \dots y_N)}{dx} = \sum_n \frac{\partial f}{\partial y_n} "
            r"\frac{dy_n}{dx}",
            (Claim("df/dx", _of_several, Meaning(_f_of_ys), {"x": 0.7}, wrt=("x",)),),
        ),
        "For any f and y; tried with f = y₁y₂ + cos y₃ of y = (x², eˣ, sin x).",
    ),
    Entry(
        "L0-04",
        "Chain rule reminder",
        Form(
            "z = 6x² + 4e²ˣ;  dz/dx = 12x + 8e²ˣ",
            r"z = 6x^2 + 4e^{2x},\qquad \frac{dz(y_1, y_2)}{dx} = 12x + 8e^{2x}",
            (Claim("dz/dx", _dz_dx, Meaning(_z), {"x": 0.7}, wrt=("x",)),),
        ),
        "As printed, x a number.",
    ),
)
