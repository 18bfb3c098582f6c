"""L3-01 to L3-03: networks of several layers, and two losses."""

import jax.numpy as jnp

from functional_nn import MLP, Dense
from functional_nn.losses import losses
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Matrix,
    Meaning,
    Number,
    Vector,
    exactly,
    growing,
)
from manual_backprop.lectures.plain import bernoulli_loss, log_likelihood, sigmoid, times_log

NET = {
    "x": (0.6, -1.3),
    "W1": ((0.5, -1.0), (1.2, 0.3), (-0.7, -0.8)),
    "W2": ((0.4, 0.9, 1.1), (-0.3, 0.8, -0.6)),
    "W3": ((0.7, -0.2), (0.9, 0.5), (-1.1, 0.3), (0.2, 0.6)),
    "W4": ((0.3, -0.8, 0.5, 1.0), (0.6, 0.1, -0.4, 0.2), (-0.9, 0.7, 0.2, -0.5)),
    "W5": ((0.8, -0.6, 1.2), (0.1, 0.4, -0.3)),
}
ACTIVATIONS = ("relu", "relu", "tanh", "sigmoid")

ROWS = {"p": (0.2, 0.7, 0.9, 0.4), "y": (0.0, 1.0, 1.0, 0.0)}
LOGITS = {"z": (-1.4, 0.8, 2.2, -0.4), "y": ROWS["y"]}
SURE = (exactly(p=1.0, y=1.0), exactly(p=0.0, y=0.0))
FAR = (growing({"y": 1.0}, z=1000.0), growing({"y": 0.0}, z=-1000.0))

CLASSES = {"p": ((0.2, 0.7, 0.1), (0.5, 0.3, 0.2)), "y": ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0))}
SCORES = {"z": ((0.5, -1.0, 2.0), (0.1, 0.8, -0.4)), "y": CLASSES["y"]}
ONE_HOT = (exactly(p=CLASSES["y"]),)
FAR_SCORES = (growing(z=((-900.0, 1000.0, 0.0), (1000.0, -1000.0, 500.0))),)


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


def _bce(p: Vector, y: Vector) -> Number:
    return -1 / p.size * jnp.sum(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))


def _bce_stable(z: Vector, y: Vector) -> Number:
    ln = jnp.maximum(z, jnp.zeros_like(z)) + jnp.log1p(jnp.exp(-jnp.abs(z)))
    return 1 / z.size * jnp.sum(ln - y * z)


def _ce(p: Matrix, y: Matrix) -> Number:
    return -1 / len(p) * jnp.sum(jnp.sum(y * jnp.log(p), axis=1))


def _ce_stable(z: Matrix, y: Matrix) -> Number:
    top = jnp.max(z, axis=1, keepdims=True)
    ln = top + jnp.log(jnp.sum(jnp.exp(z - top), axis=1, keepdims=True))
    return -1 / len(z) * jnp.sum(jnp.sum(y * (z - ln), axis=1))


NETWORKS_AND_LOSSES = (
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
    Entry(
        "L3-02",
        "Loss functions for classification",
        Form(
            "L_BCE = −1/N Σ_i [y_i log ŷ_i + (1 − y_i) log(1 − ŷ_i)]",
            r"\mathcal{L}_{\text{BCE}} = -\frac{1}{N} \sum_{i=1}^N"
            r" [y_i \log(\hat{y}_i) + (1 - y_i) \log(1 - \hat{y}_i)]",
            (
                Claim(
                    "L",
                    _bce,
                    Meaning(lambda p, y: -jnp.mean(log_likelihood(p, y))),
                    ROWS,
                    extremes=SURE,
                ),
            ),
        ),
        "Labels 0 and 1, ŷ a probability; log is the natural one.",
        Form(
            "L_BCE = 1/N Σ_i [ln(1 + e^{z_i}) − y_i z_i], ŷ = 1/(1 + e⁻ᶻ)",
            r"\mathcal{L}_{\text{BCE}} = \frac{1}{N} \sum_{i=1}^N"
            r" [\ln(1 + e^{z_i}) - y_i z_i],\quad \hat{y} = \frac{1}{1 + e^{-z}}",
            (
                Claim(
                    "L",
                    _bce_stable,
                    Meaning(lambda z, y: jnp.mean(bernoulli_loss(z, y))),
                    LOGITS,
                    extremes=FAR,
                ),
            ),
        ),
    ),
    Entry(
        "L3-03",
        "Loss functions for classification",
        Form(
            "L_CE = −1/N Σ_i Σ_c y_i,c log ŷ_i,c",
            r"\mathcal{L}_{\text{CE}} = -\frac{1}{N} \sum_{i=1}^N \sum_{c=1}^C"
            r" y_{i,c} \log(\hat{y}_{i,c})",
            (
                Claim(
                    "L",
                    _ce,
                    Meaning(lambda p, y: -jnp.sum(times_log(y, p)) / len(p)),
                    CLASSES,
                    extremes=ONE_HOT,
                ),
            ),
        ),
        "y is one-hot, ŷ a row of probabilities.",
        Form(
            "L_CE = −1/N Σ_i Σ_c y_i,c (z_i,c − ln Σ_d e^{z_i,d})",
            r"\mathcal{L}_{\text{CE}} = -\frac{1}{N} \sum_{i=1}^N \sum_{c=1}^C"
            r" y_{i,c} \left( z_{i,c} - \ln \sum_d e^{z_{i,d}} \right)",
            (
                Claim(
                    "L",
                    _ce_stable,
                    Meaning(lambda z, y: jnp.mean(losses["softmax_cross_entropy"](z, y))),
                    SCORES,
                    extremes=FAR_SCORES,
                ),
            ),
        ),
    ),
)
