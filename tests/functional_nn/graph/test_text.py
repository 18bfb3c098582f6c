"""Graphs in words."""

import numpy as np

from functional_nn.graph import Node, build, equation, gate, listing, symbol, symbols


def test_equations() -> None:
    assert equation(Node("q", "add", ("x", "y"))) == "q = x + y"
    assert equation(Node("q", "matmul", ("x", "y"))) == "q = x @ y"
    assert equation(Node("q", "neg", ("x",))) == "q = -x"
    assert equation(Node("q", "power", ("x",), (("exponent", 0.5),))) == "q = x ** 0.5"
    assert equation(Node("q", "sum", ("x",), (("axis", 0),))) == "q = sum(x, axis=0)"
    assert equation(Node("q", "tanh", ("x",))) == "q = tanh(x)"
    assert equation(Node("x", "input")) == "x = input"


def test_constants_stand_where_they_are_used() -> None:
    x = symbol("x")
    graph = build(2 * x + [1.0, 2.0] + np.zeros((3, 2)))
    assert listing(graph).splitlines()[1:] == [
        "  v1 = 2 * x",
        "  v2 = v1 + [1, 2]",
        "  v3 = v2 + constant [3, 2]",
    ]


def test_the_middle_of_a_long_graph_is_folded() -> None:
    value = x = symbol("x")
    for _ in range(100):
        value = gate("sin")(value)
    lines = str(build(value)).splitlines()
    assert len(lines) == 62
    assert lines[1] == "  v1 = sin(x)"
    assert lines[31] == "  ... 40 more nodes"
    assert lines[-1] == "  v100 = sin(v99)"
    assert len(listing(build(value), shown=None).splitlines()) == 101
    del x


def test_a_title_names_inputs_and_output() -> None:
    x, y = symbols("x y")
    assert str(build((x * y).named("f"), "g")).startswith("g(x, y) -> f\n")
