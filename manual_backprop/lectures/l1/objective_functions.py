"""L1-05 to L1-07: objective functions, and the softmax."""

import jax.numpy as jnp

from functional_nn.losses import losses
from manual_backprop.lectures import stable
from manual_backprop.lectures.entry import (
    Claim,
    Entry,
    Form,
    Meaning,
    Vector,
    exactly,
    growing,
    shrinking,
)
from manual_backprop.lectures.plain import bernoulli_loss, log_likelihood, softmax

LIKELIHOOD, LOSS = "J = the log-likelihood, maximised", "J = the loss, minimised"
MAXIMISED = "J = its negative, maximised as the lecture's other objectives are"

#: Outputs and targets; all targets between 0 and 1 occur as weights of two classes.
PAIRS = {"y": (0.2, 0.7, 0.9, 0.4), "t": (0.0, 1.0, 0.3, 1.0)}
SURE = (exactly(y=1.0, t=1.0), exactly(y=0.0, t=0.0))
UNLIKELY = shrinking({"t": 0.0}, y=0.5)
LOGITS = {"b": (-1.4, 0.8, 2.2, -0.4), "t": (0.0, 1.0, 0.3, 1.0)}
FAR = (growing({"t": 1.0}, b=1000.0), growing({"t": 0.0}, b=-1000.0))
SCORES = {"b": (0.5, -1.0, 2.0)}
FAR_SCORES = (growing(b=(1000.0, 0.0, -500.0)), growing(b=(-1000.0, -1000.0, -990.0)))


def negative(y: Vector, t: Vector) -> Vector:
    """Return the cross-entropy, which is minimised."""
    return -log_likelihood(y, t)


def _half_square(y: Vector, t: Vector) -> Vector:
    return 1 / 2 * (y - t) ** 2


def _half_square_rows(y: Vector, t: Vector) -> Vector:
    return losses["half_squared_error"](y[:, None], t[:, None])


def _difference(y: Vector, t: Vector) -> Vector:
    return y - t


def _cross_entropy(y: Vector, t: Vector) -> Vector:
    return t * jnp.log(y) + (1 - t) * jnp.log(1 - y)


def _cross_entropy_slope(y: Vector, t: Vector) -> Vector:
    return t * (1 / y) + (1 - t) * (1 / (y - 1))


def _softmax(b: Vector) -> Vector:
    return jnp.exp(b) / jnp.sum(jnp.exp(b))


OBJECTIVE_FUNCTIONS = (
    Entry(
        "L1-05",
        "Objective Functions for NNs",
        Form(
            "J = ½ (y − y*)²;  dJ/dy = y − y*",
            r"J = \frac{1}{2}(y - y^*)^2,\qquad \frac{dJ}{dy} = y - y^*",
            (
                Claim(
                    "J",
                    _half_square,
                    Meaning(_half_square_rows, words=LOSS),
                    PAIRS,
                    house=Meaning(lambda y, t: -_half_square_rows(y, t), words=MAXIMISED),
                ),
                Claim(
                    "dJ/dy",
                    _difference,
                    Meaning(lambda y, t: jnp.sum(_half_square_rows(y, t)), words=LOSS),
                    PAIRS,
                    wrt=("y",),
                    house=Meaning(lambda y, t: -jnp.sum(_half_square_rows(y, t)), words=MAXIMISED),
                ),
            ),
        ),
        "Of one output. The table's other objective, and the cases after it, are log-likelihoods: "
        "compared with J as a loss, which the symbols say, and with its negative, a Gaussian "
        "log-likelihood but for a constant, which the lecture's ascent would need.",
    ),
    Entry(
        "L1-06",
        "Objective Functions for NNs",
        Form(
            "J = y* log y + (1 − y*) log(1 − y);  dJ/dy = y* · 1/y + (1 − y*) · 1/(y − 1)",
            r"J = y^* \log(y) + (1 - y^*) \log(1 - y),\qquad "
            r"\frac{dJ}{dy} = y^* \frac{1}{y} + (1 - y^*) \frac{1}{y - 1}",
            (
                Claim(
                    "J",
                    _cross_entropy,
                    Meaning(log_likelihood, words=LIKELIHOOD),
                    PAIRS,
                    house=Meaning(negative, words=LOSS),
                    extremes=(*SURE, UNLIKELY),
                ),
                Claim(
                    "dJ/dy",
                    _cross_entropy_slope,
                    Meaning(lambda y, t: jnp.sum(log_likelihood(y, t)), words=LIKELIHOOD),
                    PAIRS,
                    wrt=("y",),
                    house=Meaning(lambda y, t: jnp.sum(negative(y, t)), words=LOSS),
                    extremes=SURE,
                ),
            ),
        ),
        'The table calls it "Cross Entropy". Compared with the log-likelihood, which is what '
        "the symbols say, and with the loss of that name.",
        Form(
            "L = max(b, 0) − y* b + log1p(e^{−|b|});  dL/db = (1 − y*) σ(b) − y* σ(−b),  "
            "y = σ(b) = 1/(1 + e⁻ᵇ)",
            r"L = \max(b, 0) - y^* b + \text{log1p}(e^{-|b|}),\qquad "
            r"\frac{dL}{db} = (1 - y^*)\, \sigma(b) - y^* \sigma(-b),\quad "
            r"y = \sigma(b) = \frac{1}{1 + e^{-b}}",
            (
                Claim("L", stable.cross_entropy, Meaning(bernoulli_loss), LOGITS, extremes=FAR),
                Claim(
                    "dL/db",
                    stable.cross_entropy_slope,
                    Meaning(lambda b, t: jnp.sum(bernoulli_loss(b, t))),
                    LOGITS,
                    wrt=("b",),
                    extremes=FAR,
                ),
            ),
            instead=(
                "The loss L = −J, minimised, as a function of the logit b with y = σ(b). Of y "
                "alone nothing can be saved: it is exactly 0 or 1 once the sigmoid saturates, J "
                "is 0 · log 0 there, and dJ/dy 0/0."
            ),
        ),
    ),
    Entry(
        "L1-07",
        "Multi-Class Output",
        Form(
            "y_k = exp(b_k) / Σ_l exp(b_l)",
            r"y_k = \frac{\exp(b_k)}{\sum_{l=1}^K \exp(b_l)}",
            (Claim("y", _softmax, Meaning(softmax), SCORES, extremes=FAR_SCORES),),
        ),
        "For all k.",
        Form(
            "y_k = exp(b_k − max b) / Σ_l exp(b_l − max b)",
            r"y_k = \frac{\exp(b_k - \max b)}{\sum_{l=1}^K \exp(b_l - \max b)}",
            (Claim("y", stable.softmax, Meaning(softmax), SCORES, extremes=FAR_SCORES),),
        ),
    ),
)
