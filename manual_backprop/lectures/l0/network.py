"""The lecture's network, xˡ = σ(Wˡᵀ xˡ⁻¹ + bˡ), at the top of which L = ½ Σ (x − y)².

W has w_ij from unit i to unit j. The lecture's backward quantity is g = ∂L/∂x; the house's is
δ = ∂L/∂z. Each equation is read under the first, and tried under the second as well.
"""

from typing import Any

from functional_nn.losses import losses
from manual_backprop.activations import slopes
from manual_backprop.lectures.entry import Matrix, Number, Vector
from manual_backprop.lectures.plain import sigmoid

slope = slopes["sigmoid"]

G, DELTA = "g = ∂L/∂x, after the nonlinearity", "g = ∂L/∂z, before it"

#: Three units lead to two, five units lead to the three.
INPUTS: dict[str, Any] = {
    "W": ((0.4, -0.9), (1.1, 0.3), (-0.7, 0.8)),
    "b": (0.2, -0.5),
    "below": (0.6, -1.3, 0.9),
    "y": (1.0, 0.25),
}
#: The same with as many units below as above.
SQUARE = INPUTS | {"W": ((0.4, -0.9), (1.1, 0.3)), "below": (0.6, -1.3)}


def weighted(W: Matrix, b: Vector, below: Vector) -> Vector:
    """Return z."""
    return W.T @ below + b


def layer(W: Matrix, b: Vector, below: Vector) -> Vector:
    """Return x = σ(z)."""
    return sigmoid(weighted(W, b, below))


def error(above: Vector, y: Vector) -> Number:
    """Return L of the last layer's output."""
    return losses["half_squared_error"](above[None, :], y[None, :])[0]


def loss(W: Matrix, b: Vector, below: Vector, y: Vector) -> Number:
    """Return L of one layer."""
    return error(layer(W, b, below), y)


def loss_from_z_below(W: Matrix, b: Vector, below: Vector, y: Vector) -> Number:
    """Return L when ``below`` are the pre-activations of the layer below."""
    return loss(W, b, sigmoid(below), y)


def after(W: Matrix, b: Vector, below: Vector, y: Vector) -> tuple[Vector]:
    """Return ∂L/∂x of the layer: x − y."""
    return (layer(W, b, below) - y,)


def before(W: Matrix, b: Vector, below: Vector, y: Vector) -> tuple[Vector]:
    """Return ∂L/∂z of the layer."""
    return ((layer(W, b, below) - y) * slope(weighted(W, b, below)),)


def before_from_z_below(W: Matrix, b: Vector, below: Vector, y: Vector) -> tuple[Vector]:
    """Return ∂L/∂z of the layer when ``below`` are the pre-activations below."""
    return before(W, b, sigmoid(below), y)
