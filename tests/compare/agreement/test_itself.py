"""Autodiff is not compared with itself, in whatever disguise."""

import functools

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient
from tests.compare.agreement.problem import Problem, draw

PARAMS, X = (draw(3, 4), draw(4, 2)), draw(5, 3)


def loss(params, x):
    h = jnp.tanh(x @ params[0])
    return jnp.sum((h @ params[1]) ** 2)


def same_elsewhere(params, x):
    return jnp.sum(jnp.square(jnp.tanh(x @ params[0]) @ params[1]))


def by_hand(params, x):
    h = jnp.tanh(x @ params[0])
    d = 2 * h @ params[1]
    return x.T @ ((d @ params[1].T) * (1 - h * h)), h.T @ d


def by_vjp(params, x):
    value, pull = jax.vjp(loss, params, x)
    return pull(jnp.ones_like(value))[0]


def by_jit_inside(params, x):
    return jax.jit(jax.value_and_grad(loss))(params, x)


@jax.jit
def with_casts(params, x):
    grads = jax.grad(loss)(params, x)
    return jax.tree.map(lambda g, p: g.astype(p.dtype).reshape(p.shape), grads, params)


DISGUISES = {
    "grad": jax.grad(loss),
    "value_and_grad": jax.value_and_grad(loss),
    "jit of grad": jax.jit(jax.grad(loss)),
    "partial of grad": functools.partial(jax.grad(loss)),
    "lambda": lambda params, x: jax.grad(loss)(params, x),
    "lambda of one argument": lambda params, x: jax.grad(lambda p: loss(p, x))(params),
    "jit inside": by_jit_inside,
    "vjp": by_vjp,
    "jacrev": jax.jacrev(loss),
    "jacfwd": jax.jacfwd(loss),
    "cast and reshaped": with_casts,
}


@pytest.mark.parametrize("name", DISGUISES)
def test_refused(name):
    with pytest.raises(ValueError, match="comparing autodiff with itself proves nothing"):
        check_gradient(loss, DISGUISES[name], PARAMS, X)


def test_the_loss_itself_is_refused():
    with pytest.raises(ValueError, match=r"^the gradient is the loss itself; comparing"):
        check_gradient(loss, loss, PARAMS, X)


@functools.wraps(loss)
def wrapped_by_hand(params, x):
    return by_hand(params, x)


def half_and_half(params, x):
    return jax.grad(loss)(params, x)[0], by_hand(params, x)[1]


RIGHT = {
    "by hand": by_hand,
    "by hand, in the loss's wrapping": wrapped_by_hand,
    "autodiff of another function": jax.grad(same_elsewhere),
    "one leaf by hand": half_and_half,
}


@pytest.mark.parametrize("name", RIGHT)
def test_accepted(name):
    assert Problem(loss, RIGHT[name], (PARAMS, X)).ask().agrees


def test_a_mistake_planted_in_autodiff_is_no_comparison_with_itself():
    def doubled(params, x):
        return jax.tree.map(lambda g: 2 * g, jax.grad(loss)(params, x))

    report = Problem(loss, doubled, (PARAMS, X)).ask()
    assert len(report.wrong) == 2
