"""L1-13 to L1-16: Case 2, the neural network with one hidden layer."""

import jax.numpy as jnp

from manual_backprop.lectures import stable
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
from manual_backprop.lectures.l1.network import (
    known_da,
    known_db,
    known_dz,
    objective,
    objective_from_a,
    objective_from_z,
)
from manual_backprop.lectures.l1.objective_functions import LIKELIHOOD, LOSS
from manual_backprop.lectures.plain import bernoulli_loss, sigmoid

#: Module 3: three hidden units lead to b. Module 1: two inputs lead to the three.
TOP = {"beta": (0.4, -0.9, 1.1), "z": (0.7, 0.2, 0.9), "t": 1.0}
HIDDEN = {"a": (0.3, -1.2, 2.0), "beta": (0.4, -0.9, 1.1), "t": 1.0}
BOTTOM = {
    "alpha": ((0.5, -1.0), (1.2, 0.3), (-0.7, 0.8)),
    "x": (0.6, -1.3),
    "beta": (0.4, -0.9, 1.1),
    "t": 1.0,
}
LOGITS = {"b": (-1.4, 0.8, 2.2, -0.4), "t": (0.0, 1.0, 0.3, 1.0)}
SURE = (growing({"t": 1.0}, b=1000.0), growing({"t": 0.0}, b=-1000.0))
FAR = (growing(a=1000.0), growing(a=-1000.0))
PARTIALS = {"alpha": BOTTOM["alpha"], "x": BOTTOM["x"], "c": (0.7, -0.4, 1.3)}


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


def _dJ_dalpha(dJ_da: Vector, alpha: Matrix, x: Vector, beta: Vector, t: Number) -> Matrix:
    rows = [jnp.stack([dJ_da[j] * x[i] for i in range(x.size)]) for j in range(dJ_da.size)]
    return jnp.stack(rows)


def _da_dx(alpha: Matrix, x: Vector, c: Vector) -> Vector:
    return c @ jnp.broadcast_to(jnp.sum(alpha, axis=0)[None, :], alpha.shape)


def _dJ_dx(dJ_da: Vector, alpha: Matrix, x: Vector, beta: Vector, t: Number) -> Matrix:
    da_dx = [sum(alpha[j, i] for j in range(dJ_da.size)) for i in range(x.size)]
    return jnp.stack([jnp.stack([dJ_da[j] * d for d in da_dx]) for j in range(dJ_da.size)])


def _dJ_dx_over_j(dJ_da: Vector, alpha: Matrix, x: Vector, beta: Vector, t: Number) -> Vector:
    return dJ_da @ jnp.broadcast_to(jnp.sum(alpha, axis=0)[None, :], alpha.shape)


def _dJ_dx_summed(dJ_da: Vector, alpha: Matrix, x: Vector, beta: Vector, t: Number) -> Vector:
    return jnp.stack(
        [sum(dJ_da[j] * alpha[j, i] for j in range(dJ_da.size)) for i in range(x.size)]
    )


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
    Entry(
        "L1-15",
        "Case 2: Neural Network",
        Form(
            "dJ/dα_ji = dJ/da_j · x_i",
            r"\frac{dJ}{d\alpha_{ji}} = \frac{dJ}{da_j} \frac{da_j}{d\alpha_{ji}},\;"
            r" \frac{da_j}{d\alpha_{ji}} = x_i",
            (Claim("dJ/dα", _dJ_dalpha, Meaning(objective, known_da), BOTTOM, wrt=("alpha",)),),
        ),
        "For all j and i, with dJ/da_j as known.",
    ),
    Entry(
        "L1-16",
        "Case 2: Neural Network",
        Form(
            "dJ/dx_i = dJ/da_j · da_j/dx_i,  da_j/dx_i = Σ_{j=0}^D α_ji",
            r"\frac{dJ}{dx_i} = \frac{dJ}{da_j} \frac{da_j}{dx_i},\;"
            r" \frac{da_j}{dx_i} = \sum_{j=0}^D \alpha_{ji}",
            (
                Claim(
                    "da_j/dx_i, weighted: Σ_j c_j da_j/dx_i",
                    _da_dx,
                    Meaning(lambda alpha, x, c: c @ (alpha @ x)),
                    PARTIALS,
                    wrt=("x",),
                ),
                Claim("dJ/dx, literally", _dJ_dx, Meaning(objective, known_da), BOTTOM, wrt=("x",)),
                Claim(
                    "dJ/dx, j summed over",
                    _dJ_dx_over_j,
                    Meaning(objective, known_da),
                    BOTTOM,
                    wrt=("x",),
                ),
            ),
        ),
        "Two equations. In da_j/dx_i the index j is free on the left and summed over on the "
        "right: read as the same sum for every j. In dJ/dx_i the j of dJ/da_j is free on the "
        "right only: read literally, as one value for each j, and once more with the index "
        "supplied, as summed over because it is there twice.",
        Form(
            "dJ/dx_i = Σ_{j=0}^D dJ/da_j · α_ji",
            r"\frac{dJ}{dx_i} = \sum_{j=0}^D \frac{dJ}{da_j} \frac{da_j}{dx_i},\;"
            r" \frac{da_j}{dx_i} = \alpha_{ji}",
            (Claim("dJ/dx", _dJ_dx_summed, Meaning(objective, known_da), BOTTOM, wrt=("x",)),),
        ),
    ),
)
