"""Forward mode over a graph, and the Jacobian by columns and by rows."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.graph import build, evaluate, gate, symbols
from functional_nn.graph.examples import cosine, product_of_sum
from manual_backprop.graph import jacobian_by_columns, jacobian_by_rows, push, value_and_tangent
from tests.functional_nn.graph.nested import layer

INPUTS = {
    "u": jnp.array([[0.3, -1.0, 0.5], [1.0, 0.2, -0.4]]),
    "W": jnp.array([[0.5, -0.2], [0.1, 0.9], [-0.7, 0.4]]),
    "b": jnp.array([0.1, -0.3]),
}


def test_every_tangent_by_name() -> None:
    graph, inputs = product_of_sum()
    sweep = push(graph, inputs, {"y": 1.0})
    tangents = {name: float(tangent) for name, tangent in sweep.tangents.items()}
    assert tangents == {"x": 0, "y": 1, "z": 0, "q": 1, "f": -4}
    assert sweep.value("f") == -12
    assert str(sweep).splitlines()[:2] == [
        "  node         value  tangent",
        "  x     input     -2        0",
    ]
    with pytest.raises(KeyError, match="f: no node is called 'w'"):
        sweep.tangent("w")


def test_through_modules() -> None:
    dots = jax.tree.map(jnp.cos, INPUTS)
    of = lambda at: evaluate(layer(), at)  # noqa: E731
    value, wanted = jax.jit(lambda at, dots: jax.jvp(of, (at,), (dots,)))(INPUTS, dots)
    found = jax.jit(value_and_tangent(layer()))(INPUTS, dots)
    np.testing.assert_allclose(found[0], value, rtol=1e-6)
    np.testing.assert_allclose(found[1], wanted, rtol=1e-5)
    inside = push(layer(), INPUTS, {"b": dots["b"]}).tangent("d/z")
    np.testing.assert_allclose(inside, jnp.broadcast_to(dots["b"], (2, 2)), rtol=1e-6)


@pytest.mark.parametrize("way", [jacobian_by_columns, jacobian_by_rows])
@pytest.mark.parametrize("wrt", INPUTS)
def test_jacobians_agree_with_autodiff(way: Callable, wrt: str) -> None:
    wanted = jax.jit(jax.jacfwd(lambda a: evaluate(layer(), INPUTS | {wrt: a})))(INPUTS[wrt])
    found = jax.jit(lambda at: way(layer(), at, wrt))(INPUTS)
    assert found.shape == (2, 2, *INPUTS[wrt].shape)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("way", [jacobian_by_columns, jacobian_by_rows])
def test_jacobian_of_a_scalar(way: Callable) -> None:
    graph, inputs = cosine()
    slope = jax.grad(graph)(inputs["x"])
    np.testing.assert_allclose(way(graph, inputs, "x"), slope, rtol=1e-5)


def test_tangents_have_to_fit() -> None:
    x, y = symbols("x y")
    graph = build(gate("tanh")(x) * y)
    with pytest.raises(ValueError, match=r"the tangent of x has shape \[2\], its value \[3\]"):
        push(graph, {"x": jnp.ones(3), "y": 1.0}, {"x": jnp.ones(2)})
    with pytest.raises(ValueError, match="no input is called 'z'"):
        push(graph, {"x": jnp.ones(3), "y": 1.0}, {"z": jnp.ones(3)})
