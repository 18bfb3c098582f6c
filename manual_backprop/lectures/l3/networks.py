"""L3-01: networks of several layers."""

import jax.numpy as jnp

from functional_nn import MLP, Dense
from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Vector
from manual_backprop.lectures.plain import sigmoid

NET = {
    "x": (0.6, -1.3),
    "W1": ((0.5, -1.0), (1.2, 0.3), (-0.7, -0.8)),
    "W2": ((0.4, 0.9, 1.1), (-0.3, 0.8, -0.6)),
    "W3": ((0.7, -0.2), (0.9, 0.5), (-1.1, 0.3), (0.2, 0.6)),
    "W4": ((0.3, -0.8, 0.5, 1.0), (0.6, 0.1, -0.4, 0.2), (-0.9, 0.7, 0.2, -0.5)),
    "W5": ((0.8, -0.6, 1.2), (0.1, 0.4, -0.3)),
}
ACTIVATIONS = ("relu", "relu", "tanh", "sigmoid")


def _network(x: Vector, *weights: Matrix) -> Vector:
    """Return what the house's network says, without biases."""
    sizes = (x.size, *(len(W) for W in weights))
    net = MLP(sizes, activations=ACTIVATIONS[: len(weights) - 1], output="identity")
    params = tuple(Dense(W.T, jnp.zeros(len(W), W.dtype)) for W in weights)
    return net.apply(params, x[None, :])[0]


def _max(z: Vector) -> Vector:
    return jnp.maximum(jnp.zeros_like(z), z)


def _two(x: Vector, W1: Matrix, W2: Matrix) -> Vector:
    return W2 @ _max(W1 @ x)


def _three(x: Vector, W1: Matrix, W2: Matrix, W3: Matrix) -> Vector:
    return W3 @ _max(W2 @ _max(W1 @ x))


# The next two as printed: W₃ and what it should multiply are two arguments.


def _four(x: Vector, W1: Matrix, W2: Matrix, W3: Matrix, W4: Matrix) -> Vector:
    return W4 @ jnp.tanh(W3, _max(W2 @ _max(W1 @ x)))  # type: ignore[call-arg]


def _five(x: Vector, W1: Matrix, W2: Matrix, W3: Matrix, W4: Matrix, W5: Matrix) -> Vector:
    return W5 @ sigmoid(
        W4 @ jnp.tanh(W3, _max(W2 @ _max(W1 @ x)))  # type: ignore[call-arg]
    )


def _four_applied(x: Vector, W1: Matrix, W2: Matrix, W3: Matrix, W4: Matrix) -> Vector:
    return W4 @ jnp.tanh(W3 @ _max(W2 @ _max(W1 @ x)))


def _five_applied(x: Vector, W1: Matrix, W2: Matrix, W3: Matrix, W4: Matrix, W5: Matrix) -> Vector:
    return W5 @ sigmoid(W4 @ jnp.tanh(W3 @ _max(W2 @ _max(W1 @ x))))


def _nested(layers: int) -> dict[str, object]:
    return dict(list(NET.items())[: layers + 1])


NETWORKS = (
    Entry(
        "L3-01",
        "Non-linear models: Neural networks",
        Form(
            "f = W₂ max(0, W₁x);  f = W₃ max(0, W₂ max(0, W₁x));  "
            "f = W₄ tanh(W₃, max(0, W₂ max(0, W₁x)));  "
            "f = W₅ σ(W₄ tanh(W₃, max(0, W₂ max(0, W₁x))))",
            r"\begin{array}{rl} f & = W_2 \max(0, W_1 x) \\"
            r" f & = W_3 \max(0, W_2 \max(0, W_1 x)) \\"
            r" f & = W_4 \tanh(W_3, \max(0, W_2 \max(0, W_1 x))) \\"
            r" f & = W_5 \sigma(W_4 \tanh(W_3, \max(0, W_2 \max(0, W_1 x)))) \end{array}",
            (
                Claim("2 layers", _two, Meaning(_network), _nested(2)),
                Claim("3 layers", _three, Meaning(_network), _nested(3)),
                Claim("4 layers", _four, Meaning(_network), _nested(4)),
                Claim("5 layers", _five, Meaning(_network), _nested(5)),
            ),
        ),
        "In the last two lines the slide has a comma after W₃: read as a second argument of "
        "tanh. The reference is the house's network with biases 0.",
        Form(
            "f = W₄ tanh(W₃ max(0, W₂ max(0, W₁x)));  f = W₅ σ(W₄ tanh(W₃ max(0, W₂ max(0, W₁x))))",
            r"\begin{array}{rl} f & = W_4 \tanh(W_3 \max(0, W_2 \max(0, W_1 x))) \\"
            r" f & = W_5 \sigma(W_4 \tanh(W_3 \max(0, W_2 \max(0, W_1 x)))) \end{array}",
            (
                Claim("4 layers", _four_applied, Meaning(_network), _nested(4)),
                Claim("5 layers", _five_applied, Meaning(_network), _nested(5)),
            ),
        ),
    ),
)
