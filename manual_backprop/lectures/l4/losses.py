"""L4-01 to L4-04: the neuron, and the losses."""

import jax.numpy as jnp

from functional_nn.losses import losses
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Meaning,
    Number,
    Vector,
    exactly,
    growing,
    shrinking,
)
from manual_backprop.lectures.plain import bernoulli_loss, log_likelihood, sigmoid, softmax

SOME = {"z": (0.3, -1.2, 2.0, 0.0)}
FAR = (growing(z=1000.0), growing(z=-1000.0))
VALUES = {"y": (1.0, 0.25, -0.5), "p": (0.4, -1.2, 2.0)}
SCORES = {"z": (0.5, -1.0, 2.0), "y": (0.0, 1.0, 0.0)}
FAR_SCORES = (
    growing(z=(1000.0, 0.0, -500.0)),
    growing(z=(-1000.0, -1000.0, -990.0)),
    growing(z=(0.0, 1000.0, -500.0)),
)
ROWS = {"p": (0.2, 0.7, 0.9, 0.4), "y": (0.0, 1.0, 1.0, 0.0)}
SURE = (exactly(p=1.0, y=1.0), exactly(p=0.0, y=0.0))
UNLIKELY = shrinking({"y": 0.0}, p=0.5)
LOGITS = {"z": (-1.4, 0.8, 2.2, -0.4), "y": ROWS["y"]}
FAR_LOGITS = (growing({"y": 1.0}, z=1000.0), growing({"y": 0.0}, z=-1000.0))


def _sigmoid(z: Vector) -> Vector:
    return jnp.exp(z) / (1 + jnp.exp(z))


def _sigmoid_stable(z: Vector) -> Vector:
    return 1 / (1 + jnp.exp(-z))


def _half_square(y: Vector, p: Vector) -> Vector:
    return 1 / 2 * (y - p) ** 2


def _half_square_rows(y: Vector, p: Vector) -> Vector:
    return losses["half_squared_error"](p[:, None], y[:, None])


def _softmax(z: Vector, y: Vector) -> Vector:
    return jnp.exp(z) / jnp.sum(jnp.exp(z))


def _cross_entropy(z: Vector, y: Vector) -> Number:
    return -jnp.sum(y * jnp.log(jnp.exp(z) / jnp.sum(jnp.exp(z))))


def _softmax_stable(z: Vector, y: Vector) -> Vector:
    return jnp.exp(z - jnp.max(z)) / jnp.sum(jnp.exp(z - jnp.max(z)))


def _cross_entropy_stable(z: Vector, y: Vector) -> Number:
    return -jnp.sum(y * stable.log_likelihoods(z))


def _house_softmax(z: Vector, y: Vector) -> Vector:
    return softmax(z)


def _house_cross_entropy(z: Vector, y: Vector) -> Number:
    return losses["softmax_cross_entropy"](z[None, :], y[None, :])[0]


def _binary(p: Vector, y: Vector) -> Vector:
    return -y * jnp.log(p) - (1 - y) * jnp.log(1 - p)


LOSSES = (
    Entry(
        "L4-01",
        '"Block View" of a Neuron',
        Form(
            "ŷ = sigmoid(z) = eᶻ/(1 + eᶻ)",
            r"\hat{y} = \text{sigmoid}(z) = \frac{e^z}{1 + e^z}",
            (Claim("sigmoid", _sigmoid, Meaning(sigmoid), SOME, extremes=FAR),),
        ),
        "As printed.",
        Form(
            "ŷ = 1/(1 + e⁻ᶻ)",
            r"\hat{y} = \frac{1}{1 + e^{-z}}",
            (Claim("sigmoid", _sigmoid_stable, Meaning(sigmoid), SOME, extremes=FAR),),
        ),
    ),
    Entry(
        "L4-02",
        "Regression Loss",
        Form(
            "E = ½ (y − ŷ)²",
            r"E = \text{loss} = \frac{1}{2} (y - \hat{y})^2",
            (Claim("E", _half_square, Meaning(_half_square_rows), VALUES),),
        ),
        "Of one output.",
    ),
    Entry(
        "L4-03",
        "Multi-Class Classification Loss",
        Form(
            "ŷ_i = e^{z_i}/Σ_j e^{z_j};  E = −Σ_j y_j ln ŷ_j",
            r"\hat{y}_i = \frac{e^{z_i}}{\sum_j e^{z_j}},\qquad"
            r" E = \text{loss} = -\sum_{j=1 \dots K} y_j \ln \hat{y}_j",
            (
                Claim("ŷ", _softmax, Meaning(_house_softmax), SCORES, extremes=FAR_SCORES),
                Claim(
                    "E", _cross_entropy, Meaning(_house_cross_entropy), SCORES, extremes=FAR_SCORES
                ),
            ),
        ),
        "y is one-hot; E is read as a function of z, through ŷ.",
        Form(
            "ŷ_i = e^{z_i − m}/Σ_j e^{z_j − m};  E = −Σ_j y_j (z_j − m − "
            "log1p(Σ_{l≠k} e^{z_l − m})),  m = max_j z_j = z_k",
            r"\hat{y}_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}},\qquad"
            r" E = -\sum_j y_j \left( z_j - m - \text{log1p}"
            r" \left( \sum_{l \ne k} e^{z_l - m} \right) \right),"
            r"\quad m = \max_j z_j = z_k",
            (
                Claim("ŷ", _softmax_stable, Meaning(_house_softmax), SCORES, extremes=FAR_SCORES),
                Claim(
                    "E",
                    _cross_entropy_stable,
                    Meaning(_house_cross_entropy),
                    SCORES,
                    extremes=FAR_SCORES,
                ),
            ),
        ),
    ),
    Entry(
        "L4-04",
        "Binary Classification Loss",
        Form(
            "E = −y ln ŷ − (1 − y) ln(1 − ŷ)",
            r"E = \text{loss} = -y \ln(\hat{y}) - (1 - y) \ln(1 - \hat{y})",
            (
                Claim(
                    "E",
                    _binary,
                    Meaning(lambda p, y: -log_likelihood(p, y)),
                    ROWS,
                    extremes=(*SURE, UNLIKELY),
                ),
            ),
        ),
        "Labels 0 and 1; ŷ is exactly 0 or 1 once the sigmoid saturates.",
        Form(
            "E = max(z, 0) − yz + log1p(e^{−|z|}),  ŷ = 1/(1 + e⁻ᶻ)",
            r"E = \max(z, 0) - y z + \text{log1p}(e^{-|z|}),\quad \hat{y} = \frac{1}{1 + e^{-z}}",
            (
                Claim(
                    "E", stable.cross_entropy, Meaning(bernoulli_loss), LOGITS, extremes=FAR_LOGITS
                ),
            ),
            instead=(
                "A function of the logit z, not of ŷ: ŷ is exactly 0 or 1 once the sigmoid "
                "saturates, and 0 · ln 0 is nan."
            ),
        ),
    ),
)
