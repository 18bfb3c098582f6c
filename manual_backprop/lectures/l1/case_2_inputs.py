"""L1-15 and L1-16: Case 2 down to the inputs."""

import jax.numpy as jnp

from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Number, Vector
from manual_backprop.lectures.l1.network import known_da, objective

#: Two inputs lead to three hidden units.
BOTTOM = {
    "alpha": ((0.5, -1.0), (1.2, 0.3), (-0.7, 0.8)),
    "x": (0.6, -1.3),
    "beta": (0.4, -0.9, 1.1),
    "t": 1.0,
}
PARTIALS = {"alpha": BOTTOM["alpha"], "x": BOTTOM["x"], "c": (0.7, -0.4, 1.3)}


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


CASE_2_INPUTS = (
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
        symbols={
            "alpha": "α_ji",
            "x": "x_i",
            "jnp.sum": "Σ_j",
            "jnp.broadcast_to": "the same for every j",
        },
    ),
)
