"""Several outputs wrong: exchanged, or each by a mistake of its own, one after the other."""

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient
from tests.compare.repair.derivation import changed, diagnose, module

SQUARE = """
import jax.numpy as jnp


def gradient(params, x, t):
    w, v = params["w"], params["v"]
    h = jnp.tanh(x @ w)
    dv = h.T @ (h @ v - t)
    dw = x.T @ ((h @ v - t) @ v.T * (1 - h**2))
    return {"w": dv, "v": dw}
"""


def test_exchanged_gradients_are_told_by_name(tmp_path):
    def loss(params, x, t):
        return 0.5 * jnp.sum((jnp.tanh(x @ params["w"]) @ params["v"] - t) ** 2)

    keys = jax.random.split(jax.random.key(0), 4)
    w, v, x, t = (jax.random.normal(key, (3, 3)) for key in keys)
    found = check_gradient(
        loss, module(tmp_path, SQUARE).gradient, {"w": w, "v": v}, x, t
    ).diagnosis
    assert found is not None
    assert (found.kind, found.further) == ("index-axis", ())
    assert found.edit in ("exchange `dv` and `dw`", "exchange `dw` and `dv`")
    assert found.code == 'return {"w": dv, "v": dw}'
    assert found.why.endswith("and the other way round.")
    assert "the gradient of params['" in found.why


def test_a_second_mistake_downstream_of_the_first(tmp_path):
    source, first = changed("(p - t) / n", "p - t")
    source, second = changed("(1 - h**2)", "(1 - h)", source)
    found = diagnose(tmp_path, source)
    assert [(one.line, one.kind) for one in (found, *found.further)] == [
        (first, "wrong-constant-factor"),
        (second, "wrong-activation-derivative"),
    ]
    assert all(one.verified for one in (found, *found.further))


REVERSED = """
import jax.numpy as jnp


def loss(w, x):
    return 0.5 * jnp.sum(jnp.convolve(x, w, mode="valid") ** 2)


def gradient(w, x):
    n, k = x.shape[0], w.shape[0]
    dx = jnp.zeros(n)
    for i in range(n - k + 1):
        y = jnp.dot(x[i : i + k], w[::-1])
        dx = dx.at[i : i + k].add(y * w)
    return dx
"""


def test_a_reversed_array_is_not_the_array(tmp_path):
    found = module(tmp_path, REVERSED)
    w, x = jnp.array([0.5, -1.0, 3.0]), jnp.array([1.0, 2.0, -0.5, 0.3, 1.5])
    diagnosis = check_gradient(found.loss, found.gradient, w, x, argnums=1).diagnosis
    assert diagnosis is not None
    assert diagnosis.code == "dx = dx.at[i : i + k].add(y * w)"
    assert diagnosis.edit == "`y * w` -> `y * w[::-1]`"


KEPT = """
import jax.numpy as jnp


def gradient(params, x, t):
    grads = {}
    h = jnp.tanh(x @ params["w"])
    error = h @ params["v"] - t
    grads["v"] = h.T @ error
    grads["w"] = x.T @ (error @ params["v"].T * (1 - h**2))
    return params
"""

IN_A_TUPLE = """
import jax.numpy as jnp


def gradient(params, x, t):
    w, v = params["w"], params["v"]
    h = jnp.tanh(x @ w)
    error = h @ v - t
    before = {"v": v, "w": w}
    after = {"v": h.T @ error, "w": x.T @ (error @ v.T * (1 - h**2))}
    return 0.5 * jnp.sum(error**2), before
"""


@pytest.mark.parametrize(
    ("source", "edit", "code"),
    [
        (KEPT, "`params` -> `grads`", "return params"),
        (IN_A_TUPLE, "`before` -> `after`", "return 0.5 * jnp.sum(error**2), before"),
    ],
    ids=["alone", "in a tuple"],
)
def test_another_variable_is_returned(tmp_path, source, edit, code):
    """Nothing was computed for what is wrong; what is right was, and has a name."""

    def loss(params, x, t):
        return 0.5 * jnp.sum((jnp.tanh(x @ params["w"]) @ params["v"] - t) ** 2)

    keys = jax.random.split(jax.random.key(0), 4)
    w, v, x, t = (jax.random.normal(key, (3, 3)) for key in keys)
    gradient = module(tmp_path, source).gradient
    found = check_gradient(loss, gradient, {"w": w, "v": v}, x, t).diagnosis
    assert found is not None
    assert (found.kind, found.edit, found.code) == ("wrong-saved-value", edit, code)
    assert found.verified
    assert found.further == ()
