"""What is no graph, no constant, no input: told in a sentence, before anything is computed."""

import copy
import inspect
import json
import operator
import pickle
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.gates import Gate, add_gate, remove_gate
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
    with pytest.raises(ValueError, match=r"nests lists too deeply to be a graph|is no JSON"):
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


# --- what symbols cannot do -----------------------------------------------------------------------

JAX = [jnp.sin, jnp.exp, jnp.sum, jnp.asarray, lambda s: jnp.dot(s, s)]


@pytest.mark.parametrize("function", JAX)
def test_jax_is_told_that_a_symbol_is_no_array(function: Any) -> None:
    told = r"Symbol\('x'\) is a symbol, and no array yet; write gate\('sin'\)\(x\) for jnp.sin\(x\)"
    with pytest.raises(ValueError, match=told):
        function(symbol("x"))
    assert build(jnp.ones(2) * symbol("x"))(x=3.0).tolist() == [3, 3]  # an operator is a gate


@pytest.mark.parametrize("compared", [operator.lt, operator.gt, operator.le, operator.ge])
@pytest.mark.parametrize("other", [y, 0.0])
def test_symbols_are_not_compared(compared: Any, other: Any) -> None:
    told = r"has no value to compare; the larger of two is gate\('max'\)\(a, b\), and gate\('step'"
    with pytest.raises(TypeError, match=told):
        compared(x, other)
    with pytest.raises(TypeError, match=told):
        compared(other, x)


def test_a_symbol_has_no_parts() -> None:
    told = r"a symbol has no parts yet, so Symbol\('x'\)\[0\] is none; make each part an input"
    with pytest.raises(TypeError, match=told):
        x[0]
    with pytest.raises(TypeError, match=told):
        list(x)


def test_the_step_that_the_message_names() -> None:
    larger = build(gate("step")(x - y), inputs=(x, y))
    assert (larger(2.0, 1.0), larger(1.0, 2.0)) == (1, 0)


def test_a_second_name_is_another_symbol() -> None:
    a, b = symbols("a b")
    q = (a + b).named("q")
    assert q.named("q") is q
    other = a.named("t")
    assert (a.name, other.name) == ("a", "t")
    assert build(q * 2).inputs == ("a", "b")
    assert build(a * other).inputs == ("a", "t")
    twice = build(q * q.named("r"))
    assert {"q", "r"} <= set(twice.by_name)
    assert twice(a=1.0, b=2.0) == 9


@pytest.mark.parametrize("text", ["not json", "", "{", "x" * 1000])
def test_a_text_that_is_no_json(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"the text is no JSON, .{0,50} \(.*give what to_json\(gra"
    ):
        from_json(text)


def test_a_gate_that_is_gone() -> None:
    add_gate(Gate("cube", lambda a: a**3))
    graph = build(gate("cube")(x).named("v"))
    remove_gate("cube")
    with pytest.raises(
        ValueError, match=r"node v = cube\(x\): no gate is called 'cube' any more; it"
    ):
        graph(x=1.0)
