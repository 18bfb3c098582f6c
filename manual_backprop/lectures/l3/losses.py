"""L3-02 and L3-03: two losses for classification."""

import jax.numpy as jnp

from functional_nn.losses import losses
from manual_backprop.lectures import stable
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
    shrinking,
)
from manual_backprop.lectures.plain import bernoulli_loss, log_likelihood, times_log

ROWS = {"p": (0.2, 0.7, 0.9, 0.4), "y": (0.0, 1.0, 1.0, 0.0)}
LOGITS = {"z": (-1.4, 0.8, 2.2, -0.4), "y": ROWS["y"]}
SURE = (exactly(p=1.0, y=1.0), exactly(p=0.0, y=0.0))
UNLIKELY = shrinking({"y": 0.0}, p=0.5)
FAR = (growing({"y": 1.0}, z=1000.0), growing({"y": 0.0}, z=-1000.0))

CLASSES = {"p": ((0.2, 0.7, 0.1), (0.5, 0.3, 0.2)), "y": ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0))}
SCORES = {"z": ((0.5, -1.0, 2.0), (0.1, 0.8, -0.4)), "y": CLASSES["y"]}
ONE_HOT = (exactly(p=CLASSES["y"]),)
FAR_SCORES = (growing(z=((-900.0, 1000.0, 0.0), (1000.0, -1000.0, 500.0))),)


def _bce(p: Vector, y: Vector) -> Number:
    return -1 / p.size * jnp.sum(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))


def _bce_stable(z: Vector, y: Vector) -> Number:
    top = jnp.maximum(z, jnp.zeros_like(z))
    return 1 / z.size * jnp.sum(top - y * z + jnp.log1p(jnp.exp(-jnp.abs(z))))


def _ce(p: Matrix, y: Matrix) -> Number:
    return -1 / len(p) * jnp.sum(jnp.sum(y * jnp.log(p), axis=1))


def _ce_stable(z: Matrix, y: Matrix) -> Number:
    return -1 / len(z) * jnp.sum(jnp.sum(y * stable.log_likelihoods(z), axis=1))


LOSSES = (
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
                    extremes=(*SURE, UNLIKELY),
                ),
            ),
        ),
        "Labels 0 and 1, ŷ a probability; log is the natural one.",
        Form(
            "L_BCE = 1/N Σ_i [max(z_i, 0) − y_i z_i + log1p(e^{−|z_i|})],  ŷ_i = 1/(1 + e^{−z_i})",
            r"\mathcal{L}_{\text{BCE}} = \frac{1}{N} \sum_{i=1}^N"
            r" [\max(z_i, 0) - y_i z_i + \text{log1p}(e^{-|z_i|})],\quad"
            r" \hat{y}_i = \frac{1}{1 + e^{-z_i}}",
            (
                Claim(
                    "L",
                    _bce_stable,
                    Meaning(lambda z, y: jnp.mean(bernoulli_loss(z, y))),
                    LOGITS,
                    extremes=FAR,
                ),
            ),
            instead=(
                "A function of the logit z, not of ŷ: ŷ is exactly 0 or 1 once the sigmoid "
                "saturates, and 0 · log 0 is nan."
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
            "L_CE = −1/N Σ_i Σ_c y_i,c (z_i,c − m_i − log1p(Σ_{d≠k_i} e^{z_i,d − m_i})),  "
            "m_i = max_d z_i,d = z_i,k_i",
            r"\mathcal{L}_{\text{CE}} = -\frac{1}{N} \sum_{i=1}^N \sum_{c=1}^C"
            r" y_{i,c} \left( z_{i,c} - m_i - \text{log1p}"
            r" \left( \sum_{d \ne k_i} e^{z_{i,d} - m_i} \right) \right),\quad"
            r" m_i = \max_d z_{i,d} = z_{i,k_i}",
            (
                Claim(
                    "L",
                    _ce_stable,
                    Meaning(lambda z, y: jnp.mean(losses["softmax_cross_entropy"](z, y))),
                    SCORES,
                    extremes=FAR_SCORES,
                ),
            ),
            instead=(
                "A function of the scores z with ŷ = softmax(z), not of ŷ: ŷ is exactly 0 or 1 "
                "once the softmax saturates, and 0 · log 0 is nan."
            ),
        ),
    ),
)
