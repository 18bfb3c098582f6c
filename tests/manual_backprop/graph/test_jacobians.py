"""Jacobians by rows and by columns, and what cannot be moved."""

import inspect
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.graph import build, gate, symbols
from functional_nn.graph.evaluate import check_inputs
from manual_backprop.graph import (
    backpropagate,
    jacobian_by_columns,
    jacobian_by_rows,
    push,
    value_and_partials,
)

x, W = symbols("x W")
z = (W @ x).named("z")
GRAPH = build(gate("tanh")(z), "f", inputs=(x, W))
AT = {"x": jnp.array([0.5, -1.0, 2.0]), "W": jnp.arange(6.0).reshape(2, 3) / 5}


@pytest.mark.parametrize("wrt", ["x", "W"])
def test_both_ways_are_the_jacobian(wrt: str) -> None:
    def f(value: Any) -> Any:
        at = AT | {wrt: value}
        return jnp.tanh(at["W"] @ at["x"])

    wanted = jax.jacobian(f)(AT[wrt])
    for way in (jacobian_by_rows, jacobian_by_columns):
        np.testing.assert_allclose(way(GRAPH, AT, wrt), wanted, rtol=1e-5, atol=1e-7)


def test_a_node_inside_is_reached_by_rows_alone() -> None:
    slope = 1 - np.tanh(np.asarray(AT["W"] @ AT["x"])) ** 2
    np.testing.assert_allclose(jacobian_by_rows(GRAPH, AT, "z"), np.diag(slope), rtol=1e-5)
    with pytest.raises(ValueError, match=r"no input is called 'z'.*take jacobian_by_rows"):
        jacobian_by_columns(GRAPH, AT, "z")


@pytest.mark.parametrize("way", [jacobian_by_rows, jacobian_by_columns])
def test_a_name_that_nobody_has(way: Any) -> None:
    with pytest.raises(ValueError, match=r"f: no (node|input) is called 'q'; known: "):
        way(GRAPH, AT, "q")


def test_what_is_no_graph_no_seed_and_no_tangent() -> None:
    graph = build(x * 2, "f")
    at = {"x": 1.0}
    for sweep in (backpropagate, value_and_partials):
        args = (None, at) if sweep is backpropagate else (None,)
        with pytest.raises(TypeError, match=r"wanted a graph, got NoneType"):
            inspect.unwrap(sweep)(*args)
    with pytest.raises(TypeError, match="f: the inputs are list; give a dictionary with a value"):
        inspect.unwrap(check_inputs)(graph, [1.0])
    with pytest.raises(TypeError, match="f: the seed is 'a'; give a number"):
        backpropagate(graph, at, "a")
    with pytest.raises(TypeError, match="f: the tangent of 'x' is 'a'; give a number"):
        push(graph, at, {"x": "a"})
