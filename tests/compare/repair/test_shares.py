"""A mean's share, and the sum for the mean, are told where a reader looks for them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient

RNG = np.random.default_rng(0)
X, V = jnp.asarray(RNG.normal(size=(5, 7, 3))), jnp.asarray(RNG.normal(size=3))


def loss(v, x):
    pooled = jnp.maximum(x * v[None, None, :], 0.0).mean(axis=1)
    return jnp.sum(pooled**2)


def right(v, x):
    z = x * v[None, None, :]
    pooled = jnp.mean(jnp.maximum(z, 0.0), axis=1)
    dpooled = 2 * pooled
    dz = jnp.sign(jnp.maximum(z, 0.0)) * dpooled[:, None, :] / x.shape[1]
    return jnp.sum(dz * x, axis=(0, 1))


def no_share(v, x):
    z = x * v[None, None, :]
    pooled = jnp.mean(jnp.maximum(z, 0.0), axis=1)
    dpooled = 2 * pooled
    dz = jnp.sign(jnp.maximum(z, 0.0)) * dpooled[:, None, :]
    return jnp.sum(dz * x, axis=(0, 1))


def sum_for_mean(v, x):
    z = x * v[None, None, :]
    pooled = jnp.sum(jnp.maximum(z, 0.0), axis=1)
    dpooled = 2 * pooled
    dz = jnp.sign(jnp.maximum(z, 0.0)) * dpooled[:, None, :] / x.shape[1]
    return jnp.sum(dz * x, axis=(0, 1))


def mean_for_sum(v, x):
    z = x * v[None, None, :]
    pooled = jnp.mean(jnp.maximum(z, 0.0), axis=1)
    dpooled = 2 * pooled
    dz = jnp.sign(jnp.maximum(z, 0.0)) * dpooled[:, None, :] / x.shape[1]
    dv = jnp.mean(dz * x, axis=1)
    return jnp.sum(dv, axis=0)


@pytest.mark.parametrize(
    ("derivation", "kind", "code"),
    [
        (
            no_share,
            "wrong-constant-factor",
            "dz = jnp.sign(jnp.maximum(z, 0.0)) * dpooled[:, None, :]",
        ),
        (sum_for_mean, "wrong-reduction", "pooled = jnp.sum(jnp.maximum(z, 0.0), axis=1)"),
        (mean_for_sum, "wrong-reduction", "dv = jnp.mean(dz * x, axis=1)"),
    ],
)
def test_where_a_share_is_missing(derivation, kind, code):
    assert check_gradient(loss, right, V, X).agrees
    found = check_gradient(loss, derivation, V, X).diagnosis
    assert (found.kind, found.code) == (kind, code)
    assert found.verified


def square_loss(W, v, x, y):
    return jnp.mean((jnp.tanh(x @ W.T) @ v - y) ** 2)


def halved(W, v, x, y):
    def one(row, target):
        h = jnp.tanh(W @ row)
        error = h @ v - target
        dh = error * v
        return jnp.outer(dh * (1 - h**2), row), error * h

    dW, dv = jax.vmap(one)(x, y)
    return dW.mean(axis=0), dv.mean(axis=0)


def without_error(W, v, x, y):
    def one(row, target):
        h = jnp.tanh(W @ row)
        error = 2 * (h @ v - target)
        dv = h
        dh = error * v
        return jnp.outer(dh * (1 - h**2), row), dv

    dW, dv = jax.vmap(one)(x, y)
    return dW.mean(axis=0), dv.mean(axis=0)


@pytest.mark.parametrize(
    ("derivation", "kind", "code"),
    [
        (halved, "wrong-constant-factor", "error = h @ v - target"),
        (without_error, "missing-factor", "dv = h"),
    ],
)
def test_one_row_under_vmap(derivation, kind, code):
    args = [jnp.asarray(RNG.normal(size=shape)) for shape in ((4, 3), (4,), (6, 3), (6,))]
    found = check_gradient(square_loss, derivation, *args, argnums=(0, 1)).diagnosis
    assert (found.kind, found.code) == (kind, code)
    assert found.verified


def swish_loss(v, x):
    z = x @ v
    return jnp.sum(z * jax.nn.sigmoid(z))


def plain_number(v, x):
    z = x @ v
    s = 1
    return (s + z * s * (1 - s)) @ x


def test_a_plain_number_for_an_array():
    found = check_gradient(swish_loss, plain_number, V, X[0]).diagnosis
    assert found.code == "s = 1", found


def divided_by_the_wrong_variable(w, x, t):
    m = x.shape[0]
    return x.T @ (x @ w - t) / w if m else w


def test_a_number_where_an_array_divides():
    x, w, t = (jnp.asarray(RNG.normal(size=shape)) for shape in ((6, 3), (3, 3), (6, 3)))

    def halves(w, x, t):
        return 0.5 * jnp.sum((x @ w - t) ** 2) / x.shape[0]

    found = check_gradient(halves, divided_by_the_wrong_variable, w, x, t).diagnosis
    assert found.kind == "wrong-saved-value"
    assert found.edit == "`x.T @ (x @ w - t) / w` -> `x.T @ (x @ w - t) / m`"
