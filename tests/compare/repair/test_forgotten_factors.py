"""A factor left out where little is left to go by: what stands there is just handed on."""

import jax
import pytest

from compare import check_gradient
from tests.compare.repair.derivation import module

THROUGH_TIME = """
import jax.numpy as jnp


def loss(W, U, xs, y):
    h = jnp.zeros((xs.shape[1], W.shape[0]), xs.dtype)
    for t in range(xs.shape[0]):
        h = jnp.tanh(xs[t] @ U + h @ W)
    return jnp.sum((h - y) ** 2) / 2


def gradient(W, U, xs, y):
    hs = [jnp.zeros((xs.shape[1], W.shape[0]), xs.dtype)]
    for t in range(xs.shape[0]):
        hs.append(jnp.tanh(xs[t] @ U + hs[t] @ W))
    dh = hs[-1] - y
    dW, dU = jnp.zeros_like(W), jnp.zeros_like(U)
    for t in reversed(range(xs.shape[0])):
        dz = dh
        dW += hs[t].T @ dz
        dU += xs[t].T @ dz
        dh = dz @ W.T
    return dW, dU
"""

NORMALISED = """
import jax.numpy as jnp


def loss(x, gamma, y):
    centred = x - x.mean(axis=1, keepdims=True)
    inv = 1 / jnp.sqrt(jnp.mean(centred**2, axis=1, keepdims=True))
    return jnp.sum((gamma * centred * inv - y) ** 2) / 2


def gradient(x, gamma, y):
    centred = x - x.mean(axis=1, keepdims=True)
    inv = 1 / jnp.sqrt(jnp.mean(centred**2, axis=1, keepdims=True))
    xhat = centred * inv
    dout = gamma * xhat - y
    dxhat = gamma
    along = jnp.mean(dxhat * xhat, axis=-1, keepdims=True)
    dx = inv * (dxhat - jnp.mean(dxhat, axis=-1, keepdims=True) - xhat * along)
    return dx, (dout * xhat).sum(axis=0)
"""

MEAN_TAKEN_LAST = """
import jax.numpy as jnp


def loss(W1, W2, X, Y):
    return jnp.sum((W2 @ jnp.tanh(W1 @ X) - Y) ** 2) / 2 / X.shape[1]


def gradient(W1, W2, X, Y):
    m = X.shape[1]
    A1 = jnp.tanh(W1 @ X)
    dZ2 = W2 @ A1 - Y
    dW2 = dZ2 @ A1.T / m
    dZ1 = 1 - A1**2
    dW1 = dZ1 @ X.T / m
    return dW1, dW2
"""

GATES = """
import jax
import jax.numpy as jnp


def loss(W, x, c, y):
    i, f, g = jnp.split(x @ W, 3, axis=1)
    return jnp.sum((jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g) - y) ** 2) / 2


def gradient(W, x, c, y):
    i, f, g = jnp.split(x @ W, 3, axis=1)
    i, f, g = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(f)
    dc = f * c + i * g - y
    dz = jnp.concatenate([dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)], axis=1)
    return x.T @ dz
"""

IN_A_SCAN = """
import jax
import jax.numpy as jnp


def loss(a, x):
    def step(h, xt):
        h = a * h + xt
        return h, h

    return jnp.sum(jax.lax.scan(step, jnp.zeros(()), x)[1] ** 2)


def gradient(a, x):
    def step(h, xt):
        after = a * h + xt
        return after, (h, after)

    _, kept = jax.lax.scan(step, jnp.zeros(()), x)

    def back(carry, kept):
        d, g = carry
        before, h = kept
        d = d * a + 2 * h
        return (d, g + d * before), None

    (_, g), _ = jax.lax.scan(back, (jnp.zeros(()), jnp.zeros(())), kept, reverse=True)
    return g
"""


def diagnosed(tmp_path, source, *shapes, argnums):
    written = module(tmp_path, source)
    keys = jax.random.split(jax.random.key(1), len(shapes))
    args = [jax.random.normal(key, shape) for key, shape in zip(keys, shapes, strict=True)]
    found = check_gradient(written.loss, written.gradient, *args, argnums=argnums).diagnosis
    assert found is not None
    assert found.verified
    return found.code, found.edit


def test_the_slope_of_a_step_kept_beside_the_one_at_hand(tmp_path):
    shapes = (4, 4), (3, 4), (4, 5, 3), (5, 4)
    code, edit = diagnosed(tmp_path, THROUGH_TIME, *shapes, argnums=(0, 1))
    assert code == "dz = dh"
    assert edit == "`dz = dh` -> `dz = dh * (1 - hs[t + 1] ** 2)`"


def test_a_row_that_should_be_a_whole_array(tmp_path):
    with jax.numpy_rank_promotion("allow"):
        code, edit = diagnosed(tmp_path, NORMALISED, (5, 6), (6,), (5, 6), argnums=(0, 1))
    assert code == "dxhat = gamma"
    assert edit == "`dxhat = gamma` -> `dxhat = gamma * dout`"


def test_a_cotangent_where_all_are_divided_by_the_rows_last(tmp_path):
    shapes = (4, 3), (2, 4), (3, 7), (2, 7)
    code, edit = diagnosed(tmp_path, MEAN_TAKEN_LAST, *shapes, argnums=(0, 1))
    assert code == "dZ1 = 1 - A1**2"
    assert edit == "`1 - A1 ** 2` -> `(1 - A1 ** 2) * (W2.T @ dZ2)`"


def test_another_gate(tmp_path):
    code, edit = diagnosed(tmp_path, GATES, (4, 9), (5, 4), (5, 3), (5, 3), argnums=0)
    assert "jnp.tanh(f)" in code
    assert edit == "`jnp.tanh(f)` -> `jnp.tanh(g)`"


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("d = d * a + 2 * h", "d = d + 2 * h", "`d + 2 * h` -> `d * a + 2 * h`"),
        (", reverse=True", "", "reverse=True)`"),
    ],
    ids=["a variable of the function around", "the way back forwards"],
)
def test_within_a_scan(tmp_path, old, new, edit):
    _, found = diagnosed(tmp_path, IN_A_SCAN.replace(old, new), (), (5,), argnums=0)
    assert found.endswith(edit)
