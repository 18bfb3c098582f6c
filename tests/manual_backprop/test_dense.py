"""The three equations of a dense layer against autodiff of ``z = u W + b``."""

from collections.abc import Callable

import jax
import numpy as np
import pytest

from functional_nn import Dense
from functional_nn.dense import forward
from manual_backprop.dense import gradients, pull_back

#                    batch  n_in  n_out
SHAPES = [
    pytest.param(5, 3, 2, id="all-different"),  # a transpose changes a shape
    pytest.param(4, 4, 4, id="all-equal"),  # a transpose changes only values
    pytest.param(1, 3, 2, id="one-row"),  # sum and mean over the batch coincide
    pytest.param(5, 3, 1, id="one-unit"),
    pytest.param(5, 1, 2, id="one-input"),
]


def problem(batch: int, n_in: int, n_out: int) -> tuple[Dense, jax.Array, jax.Array]:
    keys = jax.random.split(jax.random.key(0), 4)
    shapes = ((n_in, n_out), (n_out,), (batch, n_in), (batch, n_out))
    W, b, u, delta = (jax.random.normal(*pair) for pair in zip(keys, shapes, strict=True))
    return Dense(W, b), u, delta


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("batch", "n_in", "n_out"), SHAPES)
def test_agrees_with_autodiff(batch: int, n_in: int, n_out: int) -> None:
    layer, u, delta = problem(batch, n_in, n_out)
    _, pull = jax.vjp(forward, layer, u)
    autodiff = pull(delta)
    hand = gradients(u, delta), pull_back(layer, delta)
    jax.tree.map(lambda h, a: np.testing.assert_allclose(h, a, rtol=1e-13), hand, autodiff)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize(("batch", "n_in", "n_out"), SHAPES)
def test_agrees_with_the_components(batch: int, n_in: int, n_out: int) -> None:
    layer, u, delta = problem(batch, n_in, n_out)
    rows, inputs, units = range(batch), range(n_in), range(n_out)
    dW = [[sum(float(u[n, i] * delta[n, o]) for n in rows) for o in units] for i in inputs]
    db = [sum(float(delta[n, o]) for n in rows) for o in units]
    du = [
        [sum(float(delta[n, o] * layer.weight[i, o]) for o in units) for i in inputs] for n in rows
    ]
    np.testing.assert_allclose(gradients(u, delta).weight, dW, rtol=1e-12)
    np.testing.assert_allclose(gradients(u, delta).bias, db, rtol=1e-12)
    np.testing.assert_allclose(pull_back(layer, delta), du, rtol=1e-12)


@pytest.mark.parametrize(("batch", "n_in", "n_out"), SHAPES)
def test_a_wrong_sibling_is_told_apart_where_it_can_be(batch: int, n_in: int, n_out: int) -> None:
    """Why there are several shapes: a mean for a sum hides in one row."""
    _, u, delta = problem(batch, n_in, n_out)
    right = gradients(u, delta)
    assert bool((right.bias != delta.mean(axis=0)).any()) == (batch > 1)
    if n_in == n_out:
        assert (right.weight != right.weight.T).any()


@pytest.mark.parametrize("precision", [None, "highest", jax.lax.Precision.HIGH])
def test_precision_reaches_the_products(precision: object) -> None:
    layer, u, delta = problem(5, 3, 2)
    calls: tuple[Callable, ...] = (
        lambda: gradients(u, delta, precision),
        lambda: pull_back(layer, delta, precision),
        lambda: forward(layer, u, precision),
    )
    wanted = {None: "", "highest": "precision=(Precision.HIGHEST, Precision.HIGHEST)"}
    for call in calls:
        text = str(jax.make_jaxpr(call)())
        assert text.count("dot_general[") == 1
        assert wanted.get(precision, "precision=(Precision.HIGH, Precision.HIGH)") in text
        assert ("precision=" in text) == (precision is not None)
