"""Modules: graphs with a backward of their own, proof-read, nested, opened."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import GradientMismatch
from compare.drawing import svg, terminal
from compare.gates import module
from functional_nn.gates import gates
from functional_nn.graph import Graph, Module, build, from_json, gate, opened, symbols, to_json
from manual_backprop.gates import rules, unregister
from manual_backprop.graph import backpropagate, push
from tests.functional_nn.graph.nested import dense, layer

rng = np.random.default_rng(0)
U, W, B = (jnp.asarray(rng.standard_normal(shape), jnp.float32) for shape in [(4, 3), (3, 3), (3,)])


def dense_back(dz: Any, z: Any, u: Any, W: Any, b: Any) -> tuple[Any, Any, Any]:
    return dz @ W.T, u.T @ dz, dz.sum(axis=0)


def layer_back(dv: Any, v: Any, u: Any, W: Any, b: Any) -> tuple[Any, Any, Any]:
    return dense_back(dv * (1 - v) * (1 + v), v, u, W, b)


def two_back(dv: Any, v: Any, u: Any, W: Any, b: Any) -> tuple[Any, Any, Any]:
    h = jnp.tanh(u @ W + b[None])
    dh, dW, db = layer_back(dv, v, h, W, b)
    du, dW1, db1 = layer_back(dh, h, u, W, b)
    return du, dW + dW1, db + db1


@pytest.fixture(scope="module")
def nest() -> Iterator[tuple[Module, Module, Module]]:
    """Three levels, each with a backward of its own: dense in layer in two layers."""
    u, V, c = symbols("u V c")
    inner = module("affine", dense(), dense_back, examples=[(U, W, B)])
    layered = build(gate("tanh")(inner(u, V, c).named("z")).named("v"), inputs=(u, V, c))
    middle = module("tanh_layer", layered, layer_back, examples=[(U, W, B)])
    twice = build(middle(middle(u, V, c).named("h"), V, c=c), inputs=(u, V, c))
    yield inner, middle, module("two", twice, two_back, examples=[(U, W, B)])
    for name in ("two", "tanh_layer", "affine"):
        unregister(name)


def loss(of: Module) -> Graph:
    x, A, a = symbols("x A a")
    return build((of(x, A, a).named("m") ** 2).mean().named("J"), inputs=(x, A, a))


AT = {"x": U, "A": W, "a": B}


def test_one_node_with_its_name_and_the_same_partials_as_its_gates(nest: Any) -> None:
    graph = loss(nest[2])
    assert [node.gate for node in graph.flat] == [*["input"] * 3, "two", "power", "mean"]
    own, inside = backpropagate(graph, AT), backpropagate(opened(graph), AT)
    auto = jax.grad(lambda given: graph(**given))(AT)
    for name in AT:
        np.testing.assert_allclose(own.partial(name), inside.partial(name), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(own.partial(name), auto[name], rtol=1e-4, atol=1e-6)
    assert {"m/h/z/v1", "m/v1/v", "m/h/z"} <= set(inside.partials)
    assert opened(opened(graph)) == opened(graph)
    with pytest.raises(KeyError, match=r"'m' is a module with a backward of its own.*opened\(gra"):
        own.partial("m/h")


def test_its_own_backward_is_what_is_swept(nest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(*args: Any) -> Any:
        return tuple(2 * part for part in two_back(*args))

    graph = loss(nest[2])
    before = backpropagate(graph, AT).partial("x")
    other = {**rules, "two": replace(rules["two"], pull=doubled)}
    monkeypatch.setattr("manual_backprop.graph.reverse.rules", other)
    np.testing.assert_allclose(backpropagate(graph, AT).partial("x"), 2 * before, rtol=1e-6)


def test_forwards(nest: Any) -> None:
    along = {"x": jnp.ones_like(U)}
    ways = [push(graph, AT, along).tangent("J") for graph in (loss(nest[2]), opened(loss(nest[2])))]
    np.testing.assert_allclose(*ways, rtol=1e-4)


def test_it_is_drawn_as_a_module_and_listed_with_its_equations(nest: Any) -> None:
    graph = loss(nest[1])
    sweep = backpropagate(graph, AT)
    assert svg(sweep).count('class="card module"') == 1
    assert "m = tanh_layer(x, A, a)" in terminal(sweep)
    assert "╔" in terminal(sweep)
    assert "m/z/v1 = m/z/u @ m/z/W" in svg(backpropagate(opened(graph), AT), opened=True)
    lines = str(graph).splitlines()
    assert "tanh_layer(u, V, c) -> v" in lines
    assert "affine(u, W, b) -> z" in lines


def test_it_is_saved_by_name(nest: Any) -> None:
    graph = loss(nest[1])
    assert from_json(to_json(graph)) == graph
    again = from_json(to_json(opened(graph)).replace("tanh_layer", "plain"))
    np.testing.assert_array_equal(again(**AT), opened(graph)(**AT))


def test_a_call_with_numbers_evaluates_it(nest: Any) -> None:
    np.testing.assert_array_equal(nest[0](U, W, b=B), dense()(U, W, B))
    with pytest.raises(ValueError, match="affine takes u, W, b; not given: b"):
        nest[0](U, W)


def test_a_wrong_backward_is_refused() -> None:
    def no_slope(dv: Any, v: Any, u: Any, W: Any, b: Any) -> Any:
        return dense_back(dv, v, u, W, b)

    with pytest.raises(GradientMismatch):
        module("wrong", layer(), no_slope, examples=[(U, W, B)])
    assert "wrong" not in gates
    assert "wrong" not in rules


def test_what_cannot_be_a_module(nest: Any) -> None:
    x, y = symbols("x y")
    with pytest.raises(
        TypeError, match=r"wanted a graph, got PjitFunction .*build\(symbol\) makes"
    ):
        module("m", jnp.sin, lambda dv, v, a: dv)
    constants = build(gate("sin")(x) * 0 + 1, "f")
    with pytest.raises(ValueError, match="there is a gate 'affine' already"):
        module("affine", constants, lambda dv, v, a: 0 * dv)
    inside = build(nest[1](x, y, y))
    unregister("tanh_layer")
    try:
        with pytest.raises(ValueError, match="a module cannot be inside itself"):
            module("tanh_layer", inside, lambda dv, v, a, b: (dv, dv))
    finally:
        module("tanh_layer", nest[1].graph, layer_back, examples=[(U, W, B)])
    from functional_nn.graph import Node

    with pytest.raises(ValueError, match="the graph 'three' has no inputs"):
        module("m", Graph("three", (Node("c", "constant", (), (("value", 3),)),), "c"), max)
