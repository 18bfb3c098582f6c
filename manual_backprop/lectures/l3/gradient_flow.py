"""L3-04 to L3-09: the simple example, the patterns in gradient flow, the matrix product."""

import jax.numpy as jnp

from functional_nn.gates import gates
from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Number, Vector

EXAMPLE = {"x": -2.0, "y": 5.0, "z": -4.0}
#: Two inputs of a gate, three numbers each, and what comes back to its output.
GATE = {"x": (2.0, -1.0, 0.5), "y": (3.0, -4.0, 1.5), "up": (5.0, 0.7, -1.2)}
#: The first numbers of both inputs are equal.
TIE = {"x": (3.0, -1.0, 0.5)}
COPIED = {"x": GATE["x"], "up_1": GATE["up"], "up_2": (7.0, -0.4, 2.1)}
W = ((0.4, -0.9, 1.1), (0.3, 0.8, -0.7))
ONE = {"W": W, "x": (0.6, -1.3, 0.9), "df_dq": (0.7, -1.2)}
FOUR = {
    "W": W,
    "x": ((0.6, -0.2, 0.4, 1.0), (-1.3, 0.5, 0.8, 0.1), (0.9, 1.4, -0.6, -0.3)),
    "df_dq": ((0.7, 0.2, -0.5, 1.1), (-1.2, 0.3, 0.9, -0.8)),
}


def _f(x: Number, y: Number, z: Number) -> Number:
    return (x + y) * z


def _example(x: Number, y: Number, z: Number) -> tuple[Number, Number, Number]:
    q = x + y
    df_dq, df_dz = z, q
    return df_dq * 1, df_dq * 1, df_dz


def _distributor(x: Vector, y: Vector, up: Vector) -> tuple[Vector, Vector]:
    return up, up


def _swap_multiplier(x: Vector, y: Vector, up: Vector) -> tuple[Vector, Vector]:
    return y * up, x * up


def _adder(x: Vector, up_1: Vector, up_2: Vector) -> Vector:
    return up_1 + up_2


def _router(x: Vector, y: Vector, up: Vector) -> tuple[Vector, Vector]:
    nothing = jnp.zeros_like(up)
    return jnp.where(x >= y, up, nothing), jnp.where(x >= y, nothing, up)


def _copies(x: Vector, up_1: Vector, up_2: Vector) -> Number:
    copy = gates["copy"].forward
    return jnp.sum(up_1 * copy(x)) + jnp.sum(up_2 * copy(x))


def _through(name: str) -> Meaning:
    return Meaning(lambda x, y, up: jnp.sum(up * gates[name].forward(x, y)))


def _product_of_vector(W: Matrix, x: Vector, df_dq: Vector) -> tuple[Matrix, Vector]:
    return df_dq[:, None] @ x[:, None].T, W.T @ df_dq


def _product_of_matrix(W: Matrix, x: Matrix, df_dq: Matrix) -> tuple[Matrix, Matrix]:
    return df_dq @ x.T, W.T @ df_dq


PRODUCT = Meaning(lambda W, x, df_dq: jnp.sum(df_dq * gates["matmul"].forward(W, x)))

GRADIENT_FLOW = (
    Entry(
        "L3-04",
        "Backpropagation: a simple example",
        Form(
            "f = (x + y)z at x = −2, y = 5, z = −4: q = x + y; ∂f/∂x = ∂f/∂q · ∂q/∂x = z · 1, "
            "∂f/∂y = ∂f/∂q · ∂q/∂y = z · 1, ∂f/∂z = q",
            r"\begin{array}{rlrl} q & = x + y, & \frac{\partial q}{\partial x} & = 1,"
            r" \frac{\partial q}{\partial y} = 1 \\"
            r" f & = qz, & \frac{\partial f}{\partial q} & = z,"
            r" \frac{\partial f}{\partial z} = q \\ \frac{\partial f}{\partial y} & ="
            r" \frac{\partial f}{\partial q} \frac{\partial q}{\partial y}, &"
            r" \frac{\partial f}{\partial x} & ="
            r" \frac{\partial f}{\partial q} \frac{\partial q}{\partial x} \end{array}",
            (
                Claim(
                    "∂f/∂x, ∂f/∂y, ∂f/∂z",
                    _example,
                    Meaning(_f),
                    EXAMPLE,
                    wrt=("x", "y", "z"),
                ),
            ),
        ),
        "At the printed numbers: −4, −4 and 3.",
    ),
    Entry(
        "L3-05",
        "Patterns in gradient flow",
        Form(
            "add gate: gradient distributor",
            r"z = x + y:\quad dx = dz,\; dy = dz",
            (Claim("dx, dy", _distributor, _through("add"), GATE, wrt=("x", "y")),),
        ),
        "Each input gets what comes back to the sum.",
    ),
    Entry(
        "L3-06",
        "Patterns in gradient flow",
        Form(
            "mul gate: swap multiplier",
            r"z = x y:\quad dx = y\, dz,\; dy = x\, dz",
            (Claim("dx, dy", _swap_multiplier, _through("mul"), GATE, wrt=("x", "y")),),
        ),
        "Each input gets what comes back to the product, times the other input.",
    ),
    Entry(
        "L3-07",
        "Patterns in gradient flow",
        Form(
            "copy gate: gradient adder",
            r"z_1 = x,\; z_2 = x:\quad dx = dz_1 + dz_2",
            (Claim("dx", _adder, Meaning(_copies), COPIED, wrt=("x",)),),
        ),
        "The input gets the sum of what comes back to its copies; two of them.",
    ),
    Entry(
        "L3-08",
        "Patterns in gradient flow",
        Form(
            "max gate: gradient router",
            r"z = \max(x, y):\quad dx = [x \ge y]\, dz,\; dy = [x < y]\, dz",
            (Claim("dx, dy", _router, _through("max"), GATE, wrt=("x", "y"), corners=(TIE,)),),
        ),
        "The larger input gets all that comes back, the other nothing; at a tie the slide is "
        "silent, and the first is taken.",
    ),
    Entry(
        "L3-09",
        "Backpropagation",
        Form(
            "W·x = q:  ∇f_W = ∇f_q xᵀ;  ∇f_x = Wᵀ ∇f_q",
            r"W \cdot x = q:\qquad \nabla f_W = \nabla f_q \cdot x^T,\qquad"
            r" \nabla f_x = W^T \cdot \nabla f_q",
            (
                Claim("x a vector", _product_of_vector, PRODUCT, ONE, wrt=("W", "x")),
                Claim("x a matrix", _product_of_matrix, PRODUCT, FOUR, wrt=("W", "x")),
            ),
        ),
        "A vector is a column, so ∇f_q xᵀ is an outer product; of a matrix the columns are "
        "samples, and the product sums over them.",
    ),
)
