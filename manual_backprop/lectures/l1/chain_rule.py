"""L1-08 and L1-09: the chain rule, and the simple example."""

import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Number, Vector

#: Two outputs y of three u, these of four x; c weights the outputs.
INPUTS = {"x": (0.4, -0.8, 1.1, 0.5), "c": (0.7, -1.3)}
A = ((1.0, -0.5, 0.3, 0.8), (0.2, 0.9, -0.7, 0.4), (-0.6, 0.1, 1.2, -0.3))
B = ((0.5, -1.1, 0.4), (0.9, 0.2, -0.8))


def _u(x: Vector) -> Vector:
    return jnp.sin(jnp.asarray(A, x.dtype) @ x)


def _y(u: Vector) -> Vector:
    return jnp.asarray(B, u.dtype) @ u**2


def _weighted(x: Vector, c: Vector) -> Number:
    return c @ _y(_u(x))


def _jacobian(x: Vector) -> Matrix:
    u = _u(x)
    dy_du = jnp.asarray(B, x.dtype) * (2 * u)[None, :]
    du_dx = jnp.cos(jnp.asarray(A, x.dtype) @ x)[:, None] * jnp.asarray(A, x.dtype)
    return jnp.stack(
        [
            jnp.stack(
                [sum(dy_du[i, j] * du_dx[j, k] for j in range(len(A))) for k in range(x.size)]
            )
            for i in range(len(B))
        ]
    )


def _all_rows(x: Vector, c: Vector) -> Vector:
    return c @ _jacobian(x)


def _example(x: Number) -> Number:
    t = checkpoint_name(x**2, "t")
    u1 = checkpoint_name(jnp.sin(t), "u1")
    u2 = checkpoint_name(3 * t, "u2")
    u = checkpoint_name(u1 + u2, "u")
    return jnp.cos(u)


def _eight_lines(x: Number) -> tuple[Number, dict[str, Number]]:
    t = x**2
    u = jnp.sin(t) + 3 * t
    dJ_du = dJ_du1 = dJ_du2 = dJ_dt = dJ_dx = jnp.zeros_like(x)
    dJ_du += -jnp.sin(u)
    dJ_du1 += dJ_du * 1
    dJ_du2 += dJ_du * 1
    dJ_dt += dJ_du1 * jnp.cos(t)
    dJ_dt += dJ_du2 * 3
    dJ_dx += dJ_dt * (2 * x)
    return dJ_dx, {"u": dJ_du, "u1": dJ_du1, "u2": dJ_du2, "t": dJ_dt}


CHAIN_RULE = (
    Entry(
        "L1-08",
        "Chain Rule",
        Form(
            "dy_i/dx_k = Σ_j dy_i/du_j · du_j/dx_k, for all i, k",
            r"\frac{dy_i}{dx_k} = \sum_{j=1}^J \frac{dy_i}{du_j} \frac{du_j}{dx_k},"
            r"\quad \forall i, k",
            (Claim("Σ_i c_i dy_i/dx", _all_rows, Meaning(_weighted), INPUTS, wrt=("x",)),),
        ),
        "For any y = g(u) and u = h(x); tried with 4 inputs, 3 u and 2 outputs, y = B u², "
        "u = sin(A x), all rows i at once by the weights c of a sum over them.",
    ),
    Entry(
        "L1-09",
        "Simple Example",
        Form(
            "J = cos(sin(x²) + 3x²): dJ/du += −sin(u); dJ/du₁ += dJ/du · 1; dJ/du₂ += dJ/du · 1; "
            "dJ/dt += dJ/du₁ cos(t); dJ/dt += dJ/du₂ · 3; dJ/dx += dJ/dt · 2x",
            r"\begin{array}{rl} J & = \cos(\sin(x^2) + 3x^2) \\"
            r" \frac{dJ}{du} & \text{ += } -\sin(u) \\"
            r" \frac{dJ}{du_1} & \text{ += } \frac{dJ}{du}\frac{du}{du_1},\; \frac{du}{du_1} = 1"
            r" \qquad \frac{dJ}{du_2} \text{ += } \frac{dJ}{du}\frac{du}{du_2},\;"
            r" \frac{du}{du_2} = 1 \\"
            r" \frac{dJ}{dt} & \text{ += } \frac{dJ}{du_1}\frac{du_1}{dt},\;"
            r" \frac{du_1}{dt} = \cos(t) \\"
            r" \frac{dJ}{dt} & \text{ += } \frac{dJ}{du_2}\frac{du_2}{dt},\; \frac{du_2}{dt} = 3 \\"
            r" \frac{dJ}{dx} & \text{ += } \frac{dJ}{dt}\frac{dt}{dx},\; \frac{dt}{dx} = 2x"
            r" \end{array}",
            (Claim("dJ/dx", _eight_lines, Meaning(_example), {"x": 0.7}, wrt=("x",)),),
        ),
        "Line by line, all partials 0 at first; each of them is compared, not the last one alone. "
        "The lecture leaves x open.",
    ),
)
