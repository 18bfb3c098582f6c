"""L1-10 to L1-12: Case 1, logistic regression."""

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
from manual_backprop.lectures.l1.objective_functions import (
    LIKELIHOOD,
    LOSS,
    PAIRS,
    SURE,
    negative,
)
from manual_backprop.lectures.plain import bernoulli_loss, log_likelihood, sigmoid

SUMS = {"a": (0.3, -1.2, 2.0, 0.0)}
FAR = (growing(a=1000.0), growing(a=-1000.0))
MODEL = {"theta": (0.4, -0.9, 1.1), "x": (1.0, 0.6, -1.3), "t": 1.0}


def _dJ_dy(y: Vector, t: Vector) -> Vector:
    return t / y + (1 - t) / (y - 1)


def _dy_da(a: Vector) -> Vector:
    return jnp.exp(-a) / (jnp.exp(-a) + 1) ** 2


def _last_step(dJ_da: Number, theta: Vector, x: Vector, t: Number) -> tuple[Vector, Vector]:
    dJ_dtheta = jnp.stack([dJ_da * x[j] for j in range(x.size)])
    dJ_dx = jnp.stack([dJ_da * theta[j] for j in range(x.size)])
    return dJ_dtheta, dJ_dx


def _objective(theta: Vector, x: Vector, t: Number) -> Number:
    return -bernoulli_loss(theta @ x, t)


def _known(theta: Vector, x: Vector, t: Number) -> tuple[Number]:
    return (t - sigmoid(theta @ x),)


CASE_1 = (
    Entry(
        "L1-10",
        "Case 1: Logistic Regression",
        Form(
            "dJ/dy = y*/y + (1 − y*)/(y − 1)",
            r"\frac{dJ}{dy} = \frac{y^*}{y} + \frac{(1 - y^*)}{y - 1}",
            (
                Claim(
                    "dJ/dy",
                    _dJ_dy,
                    Meaning(lambda y, t: jnp.sum(log_likelihood(y, t)), words=LIKELIHOOD),
                    PAIRS,
                    wrt=("y",),
                    house=Meaning(lambda y, t: jnp.sum(negative(y, t)), words=LOSS),
                    extremes=SURE,
                ),
            ),
        ),
        "Of J = y* log y + (1 − y*) log(1 − y), the slide's forward line: a log-likelihood. "
        "Compared with the loss, too.",
        Form(
            "dJ/da = y* σ(−a) − (1 − y*) σ(a),  y = σ(a) = 1/(1 + e⁻ᵃ)",
            r"\frac{dJ}{da} = y^* \sigma(-a) - (1 - y^*)\, \sigma(a),\quad "
            r"y = \sigma(a) = \frac{1}{1 + e^{-a}}",
            (
                Claim(
                    "dJ/da",
                    stable.log_likelihood_slope,
                    Meaning(lambda a, t: -jnp.sum(bernoulli_loss(a, t)), words=LIKELIHOOD),
                    {"a": (0.3, -1.2, 2.0, 0.0), "t": (0.0, 1.0, 0.3, 1.0)},
                    wrt=("a",),
                    house=Meaning(lambda a, t: jnp.sum(bernoulli_loss(a, t)), words=LOSS),
                    extremes=(growing({"t": 1.0}, a=1000.0), growing({"t": 0.0}, a=-1000.0)),
                ),
            ),
            instead=(
                "dJ/da of the logit a with y = σ(a), not dJ/dy: that is 0/0, or infinite, where "
                "y is exactly 0 or 1; in dJ/da = dJ/dy · dy/da the denominator cancels on "
                "paper."
            ),
        ),
    ),
    Entry(
        "L1-11",
        "Case 1: Logistic Regression",
        Form(
            "dy/da = exp(−a)/(exp(−a) + 1)²",
            r"\frac{dy}{da} = \frac{\exp(-a)}{(\exp(-a) + 1)^2}",
            (
                Claim(
                    "dy/da",
                    _dy_da,
                    Meaning(lambda a: jnp.sum(sigmoid(a))),
                    SUMS,
                    wrt=("a",),
                    extremes=FAR,
                ),
            ),
        ),
        "Of y = 1/(1 + exp(−a)).",
        Form(
            "dy/da = σ(a) σ(−a),  y = σ(a) = 1/(1 + e⁻ᵃ)",
            r"\frac{dy}{da} = \sigma(a)\, \sigma(-a),\quad y = \sigma(a) = \frac{1}{1 + e^{-a}}",
            (
                Claim(
                    "dy/da",
                    stable.logistic_slope,
                    Meaning(lambda a: jnp.sum(sigmoid(a))),
                    SUMS,
                    wrt=("a",),
                    extremes=FAR,
                ),
            ),
        ),
    ),
    Entry(
        "L1-12",
        "Case 1: Logistic Regression",
        Form(
            "dJ/dθ_j = dJ/da · x_j;  dJ/dx_j = dJ/da · θ_j",
            r"\frac{dJ}{d\theta_j} = \frac{dJ}{da} \frac{da}{d\theta_j},\;"
            r" \frac{da}{d\theta_j} = x_j \qquad"
            r" \frac{dJ}{dx_j} = \frac{dJ}{da} \frac{da}{dx_j},\; \frac{da}{dx_j} = \theta_j",
            (
                Claim(
                    "dJ/dθ, dJ/dx",
                    _last_step,
                    Meaning(_objective, _known),
                    MODEL,
                    wrt=("theta", "x"),
                ),
            ),
        ),
        "For all j, with dJ/da as known.",
    ),
)
