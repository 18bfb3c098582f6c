"""Graphs written with Python's operators."""

import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.graph import Graph, Node, apply, build, constant, gate, symbol, symbols
from functional_nn.graph.examples import cosine, product_of_sum


def test_a_formula_becomes_nodes() -> None:
    graph, inputs = product_of_sum()
    assert graph == Graph(
        "f",
        (
            Node("x", "input"),
            Node("y", "input"),
            Node("z", "input"),
            Node("q", "add", ("x", "y")),
            Node("f", "mul", ("q", "z")),
        ),
        "f",
    )
    assert graph(**inputs) == -12
    assert graph(-2, 5, -4) == -12
    assert graph(-2, 5, z=-4) == -12


def test_every_operator() -> None:
    x, y = symbols("x y")
    made = {
        "x + y": (x + y, 5.0),
        "x - y": (x - y, -1.0),
        "x * y": (x * y, 6.0),
        "x / y": (x / y, 2 / 3),
        "x ** y": (x**y, 8.0),
        "x ** 3": (x**3, 8.0),
        "-x": (-x, -2.0),
        "1 + x": (1 + x, 3.0),
        "1 - x": (1 - x, -1.0),
        "3 * x": (3 * x, 6.0),
        "1 / x": (1 / x, 0.5),
        "3 ** x": (3**x, 9.0),
        "max": (gate("max")(x, y), 3.0),
    }
    for formula, (made_of, wanted) in made.items():
        found = build(made_of, inputs=(x, y), keep=(y,))(2, 3)
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=formula)


def test_array_operators() -> None:
    x = symbol("x")
    a = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    np.testing.assert_allclose(build(x.sum(axis=0))(a), a.sum(0))
    np.testing.assert_allclose(build(x.mean(1, keepdims=True))(a), a.mean(1, keepdims=True))
    np.testing.assert_allclose(build(x.broadcast([2, 2, 3]))(a), np.stack([a, a]))
    np.testing.assert_allclose(build(x @ a.T)(a), a @ a.T)
    np.testing.assert_allclose(build(a.T @ x)(a), a.T @ a)  # NumPy leaves it to the symbol
    np.testing.assert_allclose(build(a * x)(a), a * a)
    np.testing.assert_allclose(build(jnp.asarray(a) - x)(a), 0 * a)


def test_a_symbol_used_twice_is_one_node() -> None:
    x = symbol("x")
    t = x * x
    graph = build(t + t)
    assert [node.gate for node in graph.nodes] == ["input", "mul", "add"]
    assert graph.by_name["v2"].inputs == ("v1", "v1")


def test_names() -> None:
    x, v1 = symbols("x v1")
    graph = build((x + 2) * v1, "g")
    assert [node.name for node in graph.nodes] == ["x", "v1", "c1", "v2", "v3"]
    assert (graph.name, graph.output, graph.inputs) == ("g", "v3", ("x", "v1"))
    assert build((x + 1).named("y")).name == "y"
    assert build(x + 1).name == "f"


def test_the_order_of_inputs_can_be_chosen() -> None:
    x, y = symbols("x y")
    assert build(y / x).inputs == ("y", "x")
    graph = build(y / x, inputs=(x, y))
    assert graph.inputs == ("x", "y")
    assert graph(2, 6) == 3


def test_kept_nodes_are_there_though_nobody_uses_them() -> None:
    x, y = symbols("x y")
    graph = build((x * 2).named("f"), keep=((y + x).named("aside"), y))
    assert set(graph.by_name) == {"x", "y", "c1", "f", "aside"}
    assert graph(x=1, y=5) == 2


def test_the_lecture_s_steps_keep_their_names() -> None:
    graph, inputs = cosine()
    assert str(graph).splitlines() == [
        "J(x) -> J",
        "  t = x ** 2",
        "  u1 = sin(t)",
        "  u2 = 3 * t",
        "  u = u1 + u2",
        "  J = cos(u)",
    ]
    x = inputs["x"]
    np.testing.assert_allclose(graph(x), np.cos(np.sin(x**2) + 3 * x**2), rtol=1e-6)


# --- what is refused ---------------------------------------------------------------------------


def test_an_unknown_gate_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"unknown gate 'tahn'; did you mean 'tanh'\?"):
        gate("tahn")
    with pytest.raises(ValueError, match=r"unknown gate 'soft_plus'; did you mean 'softplus'\?"):
        apply("soft_plus", symbol("x"))


def test_wrong_inputs_and_options() -> None:
    x = symbol("x")
    with pytest.raises(ValueError, match=r"gate 'mul' takes 2 inputs \(a, b\), got 1"):
        apply("mul", x)
    with pytest.raises(ValueError, match="gate 'sum' has no option 'axes'; it takes axis, keepd"):
        apply("sum", x, axes=0)
    with pytest.raises(ValueError, match="gate 'sin' has no option 'axis'; it takes none"):
        apply("sin", x, axis=0)
    with pytest.raises(ValueError, match="gate 'power' needs exponent="):
        apply("power", x)
    with pytest.raises(TypeError, match="option 'exponent' is Symbol; options are fixed numbers"):
        build(apply("power", x, exponent=x))


def test_two_symbols_of_one_name() -> None:
    with pytest.raises(ValueError, match="two symbols are called 'a'; make it once and use it tw"):
        build(symbol("a") + symbol("a"))


def test_unused_and_undeclared_inputs() -> None:
    x, y = symbols("x y")
    with pytest.raises(ValueError, match="input 'y' is not used; leave it out, or keep it"):
        build(x * 2, inputs=(x, y))
    with pytest.raises(ValueError, match="the graph uses 'y', which is not among its inputs"):
        build(x * y, inputs=(x,))
    with pytest.raises(ValueError, match="is computed, so it is no input"):
        build(x * y, inputs=(x, x + y))


@pytest.mark.parametrize("name", ["", "a/b", "a b", " a"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a node"):
        symbol(name)


def test_values_that_are_none() -> None:
    with pytest.raises(TypeError, match="a str is no value of a graph; give a symbol or real"):
        symbol("x") + "1"
    with pytest.raises(TypeError, match="a dict is no value of a graph"):
        constant({})


def test_a_symbol_decides_nothing() -> None:
    x = symbol("x")
    with pytest.raises(TypeError, match=r"larger of two is gate\('max'\)\(a, b\)"):
        bool(x)


def test_inputs_come_as_the_output_meets_them_whatever_is_kept() -> None:
    a, b = symbols("a b")
    graph = build(a * 2, "f", keep=(gate("log")(b),))
    assert graph.inputs == ("a", "b")
    assert graph(3.0, 5.0) == 6


@pytest.mark.parametrize("exponent", [[1, 2], "a", True, None])
def test_an_exponent_is_a_number_or_a_symbol(exponent: object) -> None:
    with pytest.raises(TypeError, match="wanted a number, or another symbol"):
        symbol("x") ** exponent
