"""L2-01 to L2-04: the backward pass, and the backpropagation error δ = ∂L/∂z."""

import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

from functional_nn.activations import activations
from functional_nn.losses import losses
from manual_backprop.activations import slopes
from manual_backprop.lectures.entry import Claim, Entry, Form, Matrix, Meaning, Number, Vector

g, g_slope = activations["tanh"], slopes["tanh"]

#: Three units i lead into two units j.
UNITS = {"w": ((0.4, -0.9, 1.1), (0.3, 0.8, -0.7)), "u": (0.6, -1.3, 0.9), "y": (1.0, 0.25)}
#: Three hidden units j lead into two units k.
HIDDEN = {"z": (0.5, -1.1, 0.8), "w": UNITS["w"], "y": UNITS["y"]}
SAMPLES = {"z_O": (0.4, -1.2, 2.0, 0.1), "y": (1.0, 0.25, -0.5, 0.6)}


def _f(u: Number) -> Number:
    return jnp.sin(u)


def _composite(x: Number) -> Number:
    v = checkpoint_name(jnp.exp(x), "v")
    u = checkpoint_name(v**2 + v, "u")
    return _f(u)


def _both_passes(x: Number) -> tuple[Number, dict[str, Number]]:
    v = jnp.exp(x)
    u = v**2 + v
    df_du = jnp.cos(u)
    df_dv = df_du * (2 * v + 1)
    df_dx = df_dv * jnp.exp(x)
    return df_dx, {"u": df_du, "v": df_dv}


def _error(z: Vector, y: Vector) -> Number:
    return losses["half_squared_error"](g(z)[None, :], y[None, :])[0]


def _of_weights(w: Matrix, u: Vector, y: Vector) -> Number:
    return _error(w @ u, y)


def _delta(w: Matrix, u: Vector, y: Vector) -> tuple[Vector]:
    z = w @ u
    return ((g(z) - y) * g_slope(z),)


def _weights(delta: Vector, w: Matrix, u: Vector, y: Vector) -> Matrix:
    rows = [jnp.stack([delta[j] * u[i] for i in range(u.size)]) for j in range(delta.size)]
    return jnp.stack(rows)


def _of_outputs(z_O: Vector, y: Vector) -> Number:
    return jnp.sum(losses["half_squared_error"](z_O[:, None], y[:, None]))


def _half_squares(z_O: Vector, y: Vector) -> Number:
    return 1 / 2 * jnp.sum((y - z_O) ** 2)


def _output(z_O: Vector, y: Vector) -> Matrix:
    return jnp.stack([-(y[n] - z_O) for n in range(y.size)])


def _output_of_each(z_O: Vector, y: Vector) -> Vector:
    return jnp.stack([-(y[n] - z_O[n]) for n in range(y.size)])


def _of_hidden(z: Vector, w: Matrix, y: Vector) -> Number:
    return _of_weights(w, g(z), y)


def _delta_above(z: Vector, w: Matrix, y: Vector) -> tuple[Vector]:
    return _delta(w, g(z), y)


def _hidden(delta: Vector, z: Vector, w: Matrix, y: Vector) -> Vector:
    return jnp.stack(
        [g_slope(z[j]) * sum(delta[k] * w[k, j] for k in range(delta.size)) for j in range(z.size)]
    )


BACKPROPAGATION_ERROR = (
    Entry(
        "L2-01",
        "Backward pass on computational graph",
        Form(
            "f(g(h(x))): forward v = h(x), u = g(v), f(u); backward df/du, · du/dv, · dv/dx",
            r"v = h(x),\; u = g(v),\; f(u) \qquad"
            r" \frac{df}{dx} = \frac{df}{du} \cdot \frac{du}{dv} \cdot \frac{dv}{dx}",
            (Claim("df/dx", _both_passes, Meaning(_composite), {"x": 0.3}, wrt=("x",)),),
        ),
        "The slide draws it; tried with h = exp, g(v) = v² + v and f = sin, the derivatives at u "
        "and v compared as well.",
    ),
    Entry(
        "L2-02",
        "Backpropagation error: definition",
        Form(
            "∂L/∂w_ji = ∂L/∂z_j · ∂z_j/∂w_ji = δ_j u_i",
            r"\frac{\partial L}{\partial w_{j,i}} = \frac{\partial L}{\partial z_j}"
            r" \frac{\partial z_j}{\partial w_{j,i}} = \delta_j u_i",
            (Claim("∂L/∂w", _weights, Meaning(_of_weights, _delta), UNITS, wrt=("w",)),),
        ),
        "For all j and i, with δ = ∂L/∂z.",
    ),
    Entry(
        "L2-03",
        "Backpropagation error: output unit",
        Form(
            "L = ½ Σₙ (yₙ − z_O,n)²;  δ_O = ∂L/∂z_O = −(yₙ − z_O)",
            r"L = \frac{1}{2} \sum_n (y_n - z_{O,n})^2,\qquad"
            r" \delta_O = \frac{\partial L}{\partial z_O} = -(y_n - z_O)",
            (
                Claim("L", _half_squares, Meaning(_of_outputs), SAMPLES),
                Claim("δ_O, literally", _output, Meaning(_of_outputs), SAMPLES, wrt=("z_O",)),
                Claim(
                    "δ_O,n, of each sample n",
                    _output_of_each,
                    Meaning(_of_outputs),
                    SAMPLES,
                    wrt=("z_O",),
                ),
            ),
        ),
        "In δ_O the n of yₙ is free on the right only: read literally, as one value for each n, "
        "z_O the outputs of all samples as in L, and once more with the index supplied, as "
        "∂L/∂z_O,n of each sample n.",
        Form(
            "L = ½ Σₙ (yₙ − z_O,n)²;  δ_O,n = ∂L/∂z_O,n = −(yₙ − z_O,n)",
            r"L = \frac{1}{2} \sum_n (y_n - z_{O,n})^2,\qquad"
            r" \delta_{O,n} = \frac{\partial L}{\partial z_{O,n}} = -(y_n - z_{O,n})",
            (
                Claim("L", _half_squares, Meaning(_of_outputs), SAMPLES),
                Claim("δ_O,n", _output_of_each, Meaning(_of_outputs), SAMPLES, wrt=("z_O",)),
            ),
        ),
    ),
    Entry(
        "L2-04",
        "Backpropagation error: hidden unit",
        Form(
            "δ_j = g′(z_j) Σ_k δ_k w_kj",
            r"\delta_j = \frac{\partial L}{\partial z_j} = g'(z_j) \sum_k \delta_k w_{k,j}",
            (Claim("δ", _hidden, Meaning(_of_hidden, _delta_above), HIDDEN, wrt=("z",)),),
        ),
        "For all j, with δ = ∂L/∂z; tried with g = tanh.",
    ),
)
