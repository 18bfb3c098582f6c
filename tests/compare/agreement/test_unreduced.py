"""A bias gradient that was not summed: the error says where, and how it is mended."""

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient
from compare.agreement.errors import GradientStructureError


def loss(W, b, x, y):
    return jnp.mean((jnp.tanh(x @ W + b[None, :]) - y) ** 2)


def _delta(W, b, x, y):
    u = jnp.tanh(x @ W + b[None, :])
    return 2 * (u - y) / y.size * (1 - u**2)


def named(W, b, x, y):
    delta = _delta(W, b, x, y)
    db = delta
    return x.T @ delta, db


def returned(W, b, x, y):
    delta = _delta(W, b, x, y)
    return x.T @ delta, delta


def wrong_besides(W, b, x, y):
    delta = _delta(W, b, x, y)
    return 3 * x.T @ delta, delta


def _arguments():
    keys = jax.random.split(jax.random.key(0), 4)
    shapes = ((3, 2), (2,), (5, 3), (5, 2))
    return [jax.random.normal(key, shape) for key, shape in zip(keys, shapes, strict=True)]


@pytest.mark.parametrize(
    ("gradient", "code"),
    [(named, "db = delta"), (returned, "return x.T @ delta, delta")],
    ids=["named", "returned"],
)
def test_line_and_edit(gradient, code):
    with pytest.raises(
        GradientStructureError, match=r"the gradient of b has shape \[5, 2\]"
    ) as got:
        check_gradient(loss, gradient, *_arguments(), argnums=(0, 1))
    found = got.value.diagnosis
    assert found.kind == "broadcast-not-reduced"
    assert found.code.strip() == code
    assert found.edit == "`delta` -> `delta.sum(axis=0)`"
    assert found.verified
    assert found.edit in str(got.value)


def test_another_mistake_besides_is_not_called_mended():
    with pytest.raises(GradientStructureError) as got:
        check_gradient(loss, wrong_besides, *_arguments(), argnums=(0, 1))
    assert not got.value.diagnosis.verified


def test_without_explanation():
    with pytest.raises(GradientStructureError) as got:
        check_gradient(loss, named, *_arguments(), argnums=(0, 1), explain=False)
    assert got.value.diagnosis is None
