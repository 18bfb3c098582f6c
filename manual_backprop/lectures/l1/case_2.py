"""L1-13 and L1-14: Case 2, the neural network with one hidden layer, down to its hidden units."""

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
from manual_backprop.lectures.l1.network import (
    known_db,
    known_dz,
    objective_from_a,
    objective_from_z,
)
from manual_backprop.lectures.l1.objective_functions import LIKELIHOOD, LOSS
from manual_backprop.lectures.plain import bernoulli_loss, sigmoid

#: Three hidden units lead to b.
TOP = {"beta": (0.4, -0.9, 1.1), "z": (0.7, 0.2, 0.9), "t": 1.0}
HIDDEN = {"a": (0.3, -1.2, 2.0), "beta": (0.4, -0.9, 1.1), "t": 1.0}
LOGITS = {"b": (-1.4, 0.8, 2.2, -0.4), "t": (0.0, 1.0, 0.3, 1.0)}
SURE = (growing({"t": 1.0}, b=1000.0), growing({"t": 0.0}, b=-1000.0))
FAR = (growing(a=1000.0), growing(a=-1000.0))


def _dJ_db(b: Vector, t: Vector) -> Vector:
    y = sigmoid(b)
    dJ_dy = t / y + (1 - t) / (y - 1)
    dy_db = jnp.exp(-b) / (jnp.exp(-b) + 1) ** 2
    return dJ_dy * dy_db


def _module_3(dJ_db: Number, beta: Vector, z: Vector, t: Number) -> tuple[Vector, Vector]:
    dJ_dbeta = jnp.stack([dJ_db * z[j] for j in range(z.size)])
    dJ_dz = jnp.stack([dJ_db * beta[j] for j in range(z.size)])
    return dJ_dbeta, dJ_dz


def _module_2(dJ_dz: Vector, a: Vector, beta: Vector, t: Number) -> Vector:
    return dJ_dz * (jnp.exp(-a) / (jnp.exp(-a) + 1) ** 2)


def _module_2_stable(dJ_dz: Vector, a: Vector, beta: Vector, t: Number) -> Vector:
    return dJ_dz * sigmoid(a) * sigmoid(-a)


DJ_DB = Claim(
    "dJ/db",
    _dJ_db,
    Meaning(lambda b, t: -jnp.sum(bernoulli_loss(b, t)), words=LIKELIHOOD),
    LOGITS,
    wrt=("b",),
    house=Meaning(lambda b, t: jnp.sum(bernoulli_loss(b, t)), words=LOSS),
    extremes=SURE,
)
DJ_DB_STABLE = Claim(
    "dJ/db",
    stable.log_likelihood_slope,
    DJ_DB.means,
    LOGITS,
    ("b",),
    house=DJ_DB.house,
    extremes=SURE,
)
MODULE_3 = Claim("dJ/dβ, dJ/dz", _module_3, Meaning(objective_from_z, known_db), TOP, ("beta", "z"))

CASE_2 = (
    Entry(
        "L1-13",
        "Case 2: Neural Network",
        Form(
            "dJ/db = dJ/dy · exp(−b)/(exp(−b) + 1)²;  dJ/dβ_j = dJ/db · z_j;  "
            "dJ/dz_j = dJ/db · β_j",
            r"\frac{dJ}{db} = \frac{dJ}{dy} \frac{dy}{db},\;"
            r" \frac{dy}{db} = \frac{\exp(-b)}{(\exp(-b) + 1)^2} \qquad"
            r" \frac{dJ}{d\beta_j} = \frac{dJ}{db} z_j \qquad"
            r" \frac{dJ}{dz_j} = \frac{dJ}{db} \beta_j",
            (DJ_DB, MODULE_3),
        ),
        "For all j, with dJ/dy as in Case 1; there is one output, b.",
        Form(
            "dJ/db = y* σ(−b) − (1 − y*) σ(b), y = σ(b) = 1/(1 + e⁻ᵇ);  dJ/dβ_j = dJ/db · z_j;  "
            "dJ/dz_j = dJ/db · β_j",
            r"\frac{dJ}{db} = y^* \sigma(-b) - (1 - y^*)\, \sigma(b),\;"
            r" y = \sigma(b) = \frac{1}{1 + e^{-b}} \qquad"
            r" \frac{dJ}{d\beta_j} = \frac{dJ}{db} z_j \qquad"
            r" \frac{dJ}{dz_j} = \frac{dJ}{db} \beta_j",
            (DJ_DB_STABLE, MODULE_3),
        ),
    ),
    Entry(
        "L1-14",
        "Case 2: Neural Network",
        Form(
            "dJ/da_j = dJ/dz_j · exp(−a_j)/(exp(−a_j) + 1)²",
            r"\frac{dJ}{da_j} = \frac{dJ}{dz_j} \frac{dz_j}{da_j},\;"
            r" \frac{dz_j}{da_j} = \frac{\exp(-a_j)}{(\exp(-a_j) + 1)^2}",
            (
                Claim(
                    "dJ/da",
                    _module_2,
                    Meaning(objective_from_a, known_dz),
                    HIDDEN,
                    wrt=("a",),
                    extremes=FAR,
                ),
            ),
        ),
        "For all j, with dJ/dz_j as known.",
        Form(
            "dJ/da_j = dJ/dz_j · σ(a_j) σ(−a_j),  z_j = σ(a_j) = 1/(1 + e^{−a_j})",
            r"\frac{dJ}{da_j} = \frac{dJ}{dz_j}\, \sigma(a_j)\, \sigma(-a_j),\quad"
            r" z_j = \sigma(a_j) = \frac{1}{1 + e^{-a_j}}",
            (
                Claim(
                    "dJ/da",
                    _module_2_stable,
                    Meaning(objective_from_a, known_dz),
                    HIDDEN,
                    wrt=("a",),
                    extremes=FAR,
                ),
            ),
        ),
    ),
)
