"""Graphs inside graphs."""

import jax
import jax.numpy as jnp
import numpy as np

from functional_nn.graph import Graph, build, evaluate, gate, symbol, symbols, values
from tests.functional_nn.graph.nested import dense, layer, net


def inputs() -> dict[str, jax.Array]:
    shapes = {"x": (4, 3), "W1": (3, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)}
    keys = jax.random.split(jax.random.key(0), len(shapes))
    return {
        name: jax.random.normal(key, shape)
        for key, (name, shape) in zip(keys, shapes.items(), strict=True)
    }


def test_a_module_computes_what_its_graph_does() -> None:
    at = inputs()
    h1 = jnp.tanh(at["x"] @ at["W1"] + at["b1"][None])
    h2 = jnp.tanh(h1 @ at["W2"] + at["b2"][None])
    np.testing.assert_allclose(net()(**at), jnp.mean(h2**2), rtol=1e-6)


def test_every_value_inside_has_a_path() -> None:
    at = inputs()
    found = values(net(), at)
    z = at["x"] @ at["W1"] + at["b1"][None]
    np.testing.assert_array_equal(found["h1/d/z"], z)
    np.testing.assert_array_equal(found["h1/d/u"], at["x"])
    np.testing.assert_array_equal(found["h1/d"], found["h1/d/z"])
    np.testing.assert_array_equal(found["h1"], jnp.tanh(z))
    assert "h2/d/v1" in found


def test_numbers_may_go_in_beside_symbols() -> None:
    x, y = symbols("x y")
    scaled = build(x * y, "scaled")
    graph = build(scaled(3, symbol("t")))
    assert graph(t=5) == 15


def test_the_listing_shows_each_module_once() -> None:
    lines = str(net()).splitlines()
    assert lines[:3] == [
        "net(x, W1, b1, W2, b2) -> J",
        "  h1 = layer(x, W1, b1)",
        "  h2 = layer(h1, W2, b2)",
    ]
    assert sum(line.startswith("layer(") for line in lines) == 1
    assert lines[-3:] == ["dense(u, W, b) -> z", "  v1 = u @ W", "  z = v1 + b"]


def test_a_module_is_data() -> None:
    assert layer() == layer()
    assert layer() != layer("sigmoid")
    assert dense().renamed("affine").name == "affine"


def test_many_levels_are_no_recursion() -> None:
    x = symbol("x")
    graph: Graph = build(gate("sin")(x), "level0")
    for level in range(1, 300):
        graph = build(graph(x).named("inner"), f"level{level}")
    np.testing.assert_allclose(evaluate(graph, {"x": 0.5}), np.sin(0.5), rtol=1e-6)
    assert len(graph.flat) == 1 + 2 * 299 + 1
