"""What is no graph, no constant, no input: told in a sentence, before anything is computed."""

import copy
import inspect
import json
import pickle
from typing import Any

import numpy as np
import pytest

from functional_nn.graph import (
    Graph,
    Node,
    build,
    constant,
    evaluate,
    from_json,
    gate,
    symbol,
    symbols,
    to_json,
)

x, y = symbols("x y")

NO_CONSTANTS = [
    pytest.param("abc", "a str is no value of a graph; give a symbol or real numbers", id="word"),
    pytest.param(["a", "b"], "a list is no value of a graph", id="words"),
    pytest.param(None, "a NoneType is no value of a graph", id="none"),
    pytest.param(True, "a bool is no value of a graph", id="bool"),
    pytest.param(1j, "a complex number is no value of a graph", id="complex"),
    pytest.param([1.0, 2j], "a complex number is no value of a graph", id="complex list"),
    pytest.param([[1], [1, 2]], "its rows differ in length", id="ragged"),
]


@pytest.mark.parametrize(("value", "sentence"), NO_CONSTANTS)
def test_what_is_no_constant(value: Any, sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        constant(value)
    with pytest.raises(TypeError, match=f"node 'c': .*{sentence}"):
        Node("c", "constant", options=(("value", value),))
    if not isinstance(value, (str, bool, complex)) and value is not None:
        return
    with pytest.raises(TypeError, match=sentence):
        x + value


@pytest.mark.parametrize("value", ["abc", None, True, [[1], [1, 2]], {"float": "abc"}, {"a": 1}])
def test_what_is_no_constant_in_a_file(value: Any) -> None:
    text = to_json(build(x * 2, "f"), indent=None)
    broken = text.replace('"value": 2', f'"value": {json.dumps(value)}')
    assert broken != text
    with pytest.raises(ValueError, match=r"no value of a graph|is no number; wanted one"):
        from_json(broken)


def test_a_text_that_nests_too_deeply() -> None:
    with pytest.raises(ValueError, match=r"nests lists too deeply to be a graph|Expecting value"):
        from_json("[" * 100_000)


NO_SYMBOLS = [
    pytest.param((3,), {}, "build takes the symbol of the output, got int 3", id="number"),
    pytest.param((None,), {}, "the symbol of the output, got NoneType None", id="none"),
    pytest.param((x * y,), {"inputs": ["x", "y"]}, r"inputs=\(x, y\)", id="names"),
    pytest.param((x * 2,), {"inputs": x}, r"inputs is Symbol\('x'\); wanted a tuple", id="one"),
    pytest.param((x * 2,), {"keep": [3]}, r"keep is \[3\]; wanted a tuple of symbols", id="keep"),
]


@pytest.mark.parametrize(("args", "more", "sentence"), NO_SYMBOLS)
def test_what_build_does_not_take(args: tuple, more: dict, sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        inspect.unwrap(build)(*args, **more)


def test_what_is_no_graph_and_what_are_no_inputs() -> None:
    of = inspect.unwrap(evaluate)
    with pytest.raises(TypeError, match=r"wanted a graph, got Symbol .*build\(symbol\) makes a"):
        inspect.unwrap(to_json)(x)
    graph = build(x * y, "f")
    for value in ("a", None, [[1], [1, 2]]):
        with pytest.raises(TypeError, match=r"f: input 'x' is .*; give a number, or an array"):
            of(graph, {"x": value, "y": 1.0})


# --- nan is equal to itself, here -----------------------------------------------------------------

ODD = [
    pytest.param(float("nan"), id="nan"),
    pytest.param(np.array([np.nan, np.inf, -np.inf]), id="array"),
    pytest.param(np.float32("nan"), id="float32"),
    pytest.param([[0.0, -0.0], [1, 2.5]], id="zeros"),
]


@pytest.mark.parametrize("value", ODD)
def test_a_graph_with_nan_equals_itself_made_again(value: Any) -> None:
    graph, again = (build(symbol("x") * value, "f") for _ in range(2))
    for other in (again, from_json(to_json(graph)), pickle.loads(pickle.dumps(graph))):
        assert other == graph
        assert hash(other) == hash(graph)
        assert to_json(other) == to_json(graph)
    assert pickle.loads(pickle.dumps(graph.nodes)) == graph.nodes
    assert graph != build(symbol("x") * 2.0, "f")


def test_an_option_may_be_nan_too() -> None:
    graph = build(symbol("x") ** float("nan"), "f")
    assert from_json(to_json(graph)) == graph == build(symbol("x") ** np.float64("nan"), "f")


# --- deep -----------------------------------------------------------------------------------------


def nested(depth: int, innermost: str = "sin") -> Graph:
    x = symbol("x")
    graph = build(gate(innermost)(x), "m0")
    for k in range(1, depth):
        graph = build(graph(x), f"m{k}")
    return graph


def test_modules_nested_deeper_than_python_recurses() -> None:
    deep = nested(1200)
    for again in (nested(1200), from_json(to_json(deep)), pickle.loads(pickle.dumps(deep))):
        assert again == deep
        assert hash(again) == hash(deep)
    assert copy.deepcopy(deep) == deep
    assert deep != nested(1200, "cos")
    assert len(deep.flat) == 2 * 1199 + 2
    assert len(str(deep).splitlines()) == 1200 * 2


def test_a_symbol_is_not_copied() -> None:
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"cannot be copied or pickled; build\(symbol\) makes"):
            way(x)


def test_graphs_of_other_nodes_differ() -> None:
    graph = build(x * y, "f")
    assert graph != "f"
    assert graph != build(y * x, "f")
    assert graph != graph.renamed("g")
    assert graph != build(x + y, "f")
