"""The derivative of the gradient: right where nothing that varies was held constant."""

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient


def loss(w, x):
    return jnp.sum(jnp.tanh(x @ w) ** 2)


def right(w, x):
    u = jnp.tanh(x @ w)
    return x.T @ (2 * u * (1 - u**2))


def held(w, x):
    u = jax.lax.stop_gradient(jnp.tanh(x @ w))
    return x.T @ (2 * u * (1 - u**2))


W, X = jax.random.normal(jax.random.key(0), (3,)), jax.random.normal(jax.random.key(1), (5, 3))


def test_both_orders_agree():
    report = check_gradient(loss, right, W, X, order=2)
    assert report.agrees, str(report)
    assert [node.name for node in report.nodes] == ["w", "d w"]


def test_second_order_alone_is_wrong():
    assert check_gradient(loss, held, W, X).agrees
    report = check_gradient(loss, held, W, X, order=2)
    assert report.first_wrong.name == "d w"
    assert report.diagnosis.kind == "second-order"


def test_order_is_one_or_two():
    with pytest.raises(ValueError, match=r"order is 3; wanted 1 \(the gradient\) or 2"):
        check_gradient(loss, right, W, X, order=3)
