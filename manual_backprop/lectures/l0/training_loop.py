"""L0-08 to L0-11: the training loop's equations for whole layers."""

from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Vector
from manual_backprop.lectures.l0.network import (
    DELTA,
    INPUTS,
    SQUARE,
    G,
    after,
    before,
    before_from_z_below,
    layer,
    loss,
    loss_from_z_below,
    slope,
    weighted,
)


def _layer_below(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Vector:
    return W @ (slope(weighted(W, b, below)) * g)


def _weights(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Matrix:
    x = layer(W, b, below)
    row = (slope(weighted(W, b, below)) * g)[None, :]
    return x[:, None] @ row


def _weights_from_below(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Matrix:
    row = (slope(weighted(W, b, below)) * g)[None, :]
    return below[:, None] @ row


def _biases(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Vector:
    return slope(weighted(W, b, below)) * g


def _t_backward(grad: Vector, params: tuple[Matrix, Vector], x: Vector) -> Vector:
    W, b = params
    dx_dx = slope(weighted(W, b, x))[:, None] * W.T  # row: unit above, column: unit below
    return grad @ dx_dx


def _generic(g: Vector, W: Matrix, b: Vector, below: Vector, y: Vector) -> Vector:
    return _t_backward(g, (W, b), below)


TRAINING_LOOP = (
    Entry(
        "L0-08",
        "Back Propagation, training loop, step 3",
        Form(
            "gˡ = Wˡ⁺¹ (σ′ₗ₊₁ ∘ gˡ⁺¹)",
            r"g^l = W^{l+1} \left( \sigma'_{l+1} \circ g^{l+1} \right)",
            (
                Claim(
                    "gˡ",
                    _layer_below,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("below",),
                    house=Meaning(loss_from_z_below, before_from_z_below, DELTA),
                ),
            ),
        ),
        "The forward pass is x = σ(Wᵀx + b), so Wˡ⁺¹ is [units of l, units of l+1]; σ′ₗ₊₁ is "
        "σ′(zˡ⁺¹).",
    ),
    Entry(
        "L0-09",
        "Back Propagation, training loop, step 4",
        Form(
            "∂L/∂Wˡ = xˡ (σ′(zˡ) ∘ gˡ)ᵀ",
            r"\frac{\partial \mathcal{L}}{\partial W^l} = "
            r"x^l \cdot \left( \sigma'(z^l) \circ g^l \right)^T",
            (
                Claim(
                    "∂L/∂W, as many units below as above",
                    _weights,
                    Meaning(loss, after, G),
                    SQUARE,
                    wrt=("W",),
                    house=Meaning(loss, before, DELTA),
                ),
                Claim(
                    "∂L/∂W, 3 units below, 2 above",
                    _weights,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("W",),
                    house=Meaning(loss, before, DELTA),
                ),
            ),
        ),
        "xˡ is the layer's output, as in step 2, where xˡ = σ(Wˡᵀ xˡ⁻¹ + bˡ); g is ∂L/∂x. Tried "
        "with as many units below as above, where the shapes fit, and with more of them below.",
        Form(
            "∂L/∂Wˡ = xˡ⁻¹ (σ′(zˡ) ∘ gˡ)ᵀ",
            r"\frac{\partial \mathcal{L}}{\partial W^l} = "
            r"x^{l-1} \cdot \left( \sigma'(z^l) \circ g^l \right)^T",
            (
                Claim(
                    "∂L/∂W",
                    _weights_from_below,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("W",),
                    house=Meaning(loss, before, DELTA),
                ),
            ),
        ),
        symbols={"W": "Wˡ", "x": "xˡ", "below": "xˡ⁻¹"},
    ),
    Entry(
        "L0-10",
        "Back Propagation, training loop, step 4",
        Form(
            "∂L/∂bˡ = σ′(zˡ) ∘ gˡ",
            r"\frac{\partial \mathcal{L}}{\partial b^l} = \sigma'(z^l) \circ g^l",
            (
                Claim(
                    "∂L/∂b",
                    _biases,
                    Meaning(loss, after, G),
                    INPUTS,
                    wrt=("b",),
                    house=Meaning(loss, before, DELTA),
                ),
            ),
        ),
        "One sample; g is ∂L/∂x.",
    ),
    Entry(
        "L0-11",
        "Let's get more generic",
        Form(
            "xˡ.grad = ∂L/∂xˡ⁺¹ · ∂xˡ⁺¹/∂xˡ = T_backwardˡ⁺¹(xˡ⁺¹.grad; Tˡ⁺¹.params, xˡ)",
            r"x^l\text{.grad} = \frac{\partial \mathcal{L}}{\partial x^{l+1}} \cdot "
            r"\frac{\partial x^{l+1}}{\partial x^l} = T_{\text{backward}}^{l+1}"
            r"(x^{l+1}\text{.grad};\, T^{l+1}\text{.params},\, x^l)",
            (Claim("xˡ.grad", _generic, Meaning(loss, after, G), INPUTS, wrt=("below",)),),
        ),
        "T is the standard layer of the next slide. There is no g in it: x.grad is ∂L/∂x by its "
        "name and cannot be taken for another. It is a row that multiplies the Jacobian from the "
        "left; T_backward sees nothing but its three arguments.",
    ),
)
