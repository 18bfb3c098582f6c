"""L4-05 and L4-06: the chain rule for the weights of a network with one hidden layer.

z₁ = W₁ᵀx, h₁ = sigmoid(z₁), z₂ = w₂ᵀh₁, ŷ = sigmoid(z₂), E = −y ln ŷ − (1 − y) ln(1 − ŷ).
"""

import jax.numpy as jnp

from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Matrix,
    Meaning,
    Number,
    Vector,
    growing,
)
from manual_backprop.lectures.plain import bernoulli_loss, sigmoid

OUTPUT = {"w2": (0.4, -0.9, 1.1), "h1": (0.7, 0.2, 0.9), "y": 1.0}
#: Two inputs, three hidden units; and one of each.
HIDDEN = {
    "W1": ((0.5, 1.2, -0.7), (-1.0, 0.3, 0.8)),
    "x": (0.6, -1.3),
    "w": (0.4, -0.9, 1.1),
    "y": 1.0,
}
SINGLE = {"W1": 0.5, "x": -1.3, "w": 0.8, "y": 1.0}
SURE = (
    growing({"y": 1.0}, w2=(1000.0, 1000.0, 1000.0)),
    growing({"y": 0.0}, w2=(-1000.0, -1000.0, -1000.0)),
)
SURE_HIDDEN = (
    growing({"y": 1.0}, w=(1000.0, 1000.0, 1000.0)),
    growing({"y": 0.0}, w=(-1000.0, -1000.0, -1000.0)),
    growing({"y": 1.0}, x=(1000.0, -1000.0)),
)
SURE_SINGLE = (
    growing({"y": 1.0}, w=1000.0),
    growing({"y": 0.0}, w=-1000.0),
    growing({"y": 1.0}, x=1000.0),
)


def _output_weights(w2: Vector, h1: Vector, y: Number) -> Vector:
    p = sigmoid(w2 @ h1)
    return (p - y) / (p * (1 - p)) * (p * (1 - p)) * h1


def _output_weights_stable(w2: Vector, h1: Vector, y: Number) -> Vector:
    z2 = w2 @ h1
    return ((1 - y) * sigmoid(z2) - y * sigmoid(-z2)) * h1


def _hidden_weights(W1: Matrix, x: Vector, w: Vector, y: Number) -> Vector:
    h1 = sigmoid(W1.T @ x)
    p = sigmoid(w @ h1)
    return (p - y) / (p * (1 - p)) * (p * (1 - p)) * w * (h1 * (1 - h1)) * x


def _single_weight(W1: Number, x: Number, w: Number, y: Number) -> Number:
    h1 = sigmoid(W1 * x)
    p = sigmoid(w * h1)
    return (p - y) / (p * (1 - p)) * (p * (1 - p)) * w * (h1 * (1 - h1)) * x


def _hidden_weights_outer(W1: Matrix, x: Vector, w: Vector, y: Number) -> Matrix:
    z1 = W1.T @ x
    z2 = w @ sigmoid(z1)
    dE_dz2 = (1 - y) * sigmoid(z2) - y * sigmoid(-z2)
    return jnp.outer(x, dE_dz2 * w * sigmoid(z1) * sigmoid(-z1))


def _loss(W1: Matrix, x: Vector, w: Vector, y: Number) -> Number:
    return bernoulli_loss(w @ sigmoid(W1.T @ x), y)


WEIGHTS = (
    Entry(
        "L4-05",
        "Backpropagation, binary classification example: output weights",
        Form(
            "∂E/∂w₂ = (ŷ − y)/(ŷ(1 − ŷ)) · ŷ(1 − ŷ) · h₁",
            r"\frac{\partial E}{\partial \mathbf{w}_2} ="
            r" \left( \frac{\hat{y} - y}{\hat{y}(1 - \hat{y})} \right) \cdot"
            r" \left( \hat{y}(1 - \hat{y}) \right) \cdot (\mathbf{h}_1)",
            (
                Claim(
                    "∂E/∂w₂",
                    _output_weights,
                    Meaning(lambda w2, h1, y: bernoulli_loss(w2 @ h1, y)),
                    OUTPUT,
                    wrt=("w2",),
                    extremes=SURE,
                ),
            ),
        ),
        "The slide writes ŷ in the second factor as e^{z₂}/(1 + e^{z₂}); its value is taken.",
        Form(
            "∂E/∂w₂ = ((1 − y) σ(z₂) − y σ(−z₂)) h₁,  ŷ = σ(z₂) = 1/(1 + e^{−z₂})",
            r"\frac{\partial E}{\partial \mathbf{w}_2} ="
            r" \left( (1 - y)\, \sigma(z_2) - y\, \sigma(-z_2) \right) \mathbf{h}_1,\quad"
            r" \hat{y} = \sigma(z_2) = \frac{1}{1 + e^{-z_2}}",
            (
                Claim(
                    "∂E/∂w₂",
                    _output_weights_stable,
                    Meaning(lambda w2, h1, y: bernoulli_loss(w2 @ h1, y)),
                    OUTPUT,
                    wrt=("w2",),
                    extremes=SURE,
                ),
            ),
        ),
    ),
    Entry(
        "L4-06",
        "Backpropagation, binary classification example: hidden weights",
        Form(
            "∂E/∂W₁ = (ŷ − y)/(ŷ(1 − ŷ)) · ŷ(1 − ŷ) · w · h₁(1 − h₁) · x",
            r"\frac{\partial E}{\partial W_1} ="
            r" \left( \frac{\hat{y} - y}{\hat{y}(1 - \hat{y})} \right) \cdot"
            r" (\hat{y}(1 - \hat{y})) \cdot (\mathbf{w}) \cdot (\mathbf{h}_1(1 - \mathbf{h}_1))"
            r" \cdot (\mathbf{x})",
            (
                Claim("∂E/∂W₁", _hidden_weights, Meaning(_loss), HIDDEN, wrt=("W1",)),
                Claim(
                    "∂E/∂W₁, one input and one hidden unit",
                    _single_weight,
                    Meaning(lambda W1, x, w, y: bernoulli_loss(w * sigmoid(W1 * x), y)),
                    SINGLE,
                    wrt=("W1",),
                    extremes=SURE_SINGLE,
                ),
            ),
        ),
        "Read twice: with two inputs and three hidden units, the dots as products of "
        "elements; with one of each, as products of numbers.",
        Form(
            "∂E/∂W₁ = x (((1 − y) σ(z₂) − y σ(−z₂)) w ∘ σ(z₁) ∘ σ(−z₁))ᵀ,  σ(z) = 1/(1 + e⁻ᶻ)",
            r"\frac{\partial E}{\partial W_1} = \mathbf{x}"
            r" \left( \left( (1 - y)\, \sigma(z_2) - y\, \sigma(-z_2) \right) \mathbf{w} \circ"
            r" \sigma(\mathbf{z}_1) \circ \sigma(-\mathbf{z}_1) \right)^T,\quad"
            r" \sigma(z) = \frac{1}{1 + e^{-z}}",
            (
                Claim(
                    "∂E/∂W₁",
                    _hidden_weights_outer,
                    Meaning(_loss),
                    HIDDEN,
                    wrt=("W1",),
                    extremes=SURE_HIDDEN,
                ),
            ),
        ),
    ),
)
