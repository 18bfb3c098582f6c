"""Graphs as JSON."""

import json
import math

import pytest

from functional_nn import MLP
from functional_nn.gates import Gate, add_gate, remove_gate
from functional_nn.graph import Graph, build, from_json, from_mlp, gate, symbol, symbols, to_json
from functional_nn.graph.examples import cosine, product_of_sum
from tests.functional_nn.graph.nested import net

GRAPHS = [
    pytest.param(product_of_sum()[0], id="(x+y)z"),
    pytest.param(cosine()[0], id="cos(sin(x^2)+3x^2)"),
    pytest.param(from_mlp(MLP((3, 4, 2), l2=0.1)), id="network"),
    pytest.param(net(), id="modules"),
    pytest.param(build(symbol("δ") * [[1.0, 2], [math.inf, -4]]), id="constant array"),
]


@pytest.mark.parametrize("graph", GRAPHS)
def test_there_and_back(graph: Graph) -> None:
    text = to_json(graph)
    assert from_json(text) == graph
    assert to_json(from_json(text)) == text
    assert from_json(to_json(graph, indent=None)) == graph


def test_the_text_is_plain_json() -> None:
    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    for case in GRAPHS:
        json.loads(to_json(case.values[0]), parse_constant=refuse)


def test_what_is_written() -> None:
    data = json.loads(to_json(product_of_sum()[0]))
    assert data["nodes"][3] == {"name": "q", "gate": "add", "inputs": ["x", "y"]}
    assert (data["format"], data["name"], data["output"]) == ("handgrad graph 1", "f", "f")


def test_modules_come_once_and_before_their_users() -> None:
    data = json.loads(to_json(net()))
    assert [module["name"] for module in data["modules"]] == ["dense", "layer"]


def test_two_modules_of_one_name() -> None:
    x = symbol("x")
    sine, cosine = (build(gate(name)(x), "wave") for name in ("sin", "cos"))
    with pytest.raises(ValueError, match="two different modules are called 'wave'; rename one"):
        to_json(build(sine(x) + cosine(x)))
    both = build(sine(x) + cosine.renamed("cosine")(x))
    assert from_json(to_json(both)) == both


def test_a_registered_gate_has_to_be_there() -> None:
    add_gate(Gate("cube", lambda a: a**3))
    text = to_json(build(gate("cube")(symbol("x"))))
    assert from_json(text)(2) == 8
    remove_gate("cube")
    with pytest.raises(ValueError, match="unknown gate 'cube'"):
        from_json(text)


BROKEN = [
    pytest.param("[]", "this is no graph of the format 'handgrad graph 1'; found 'list'"),
    pytest.param('{"format": "dot"}', "found 'dot'"),
    pytest.param("not json", "Expecting value"),
    pytest.param('{"format": "handgrad graph 1"}', "a graph has no 'nodes'"),
    pytest.param('{"format": "handgrad graph 1", "nodes": 3}', "come as a list, not as int"),
    pytest.param('{"format": "handgrad graph 1", "nodes": [{}]}', "a node has no 'name'"),
    pytest.param(
        '{"format": "handgrad graph 1", "nodes": [{"name": "x"}]}', "node 'x' has no 'gate'"
    ),
    pytest.param(
        '{"format": "handgrad graph 1", "nodes": '
        '[{"name": "m", "gate": "module", "module": "layer"}]}',
        "node 'm' is a module 'layer', which is not among the modules before it: none",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), BROKEN)
def test_what_is_no_graph(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_json(text)


def test_the_inputs_keep_their_order() -> None:
    x, y = symbols("x y")
    assert from_json(to_json(build(y - x, inputs=(x, y)))).inputs == ("x", "y")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"inputs": 3}, "the inputs of node 'q' are 3; wanted a list"),
        ({"options": [1]}, r"the options of node 'q' are \[1\]; wanted an object"),
        ({"gate": "module", "module": ["a"]}, r"is a module \['a'\], which is not among"),
    ],
)
def test_fields_of_the_wrong_kind_are_named(change: dict, sentence: str) -> None:
    data = json.loads(to_json(product_of_sum()[0]))
    node = next(node for node in data["nodes"] if node["name"] == "q")
    node.update(change)
    with pytest.raises(ValueError, match=sentence):
        from_json(json.dumps(data))


def test_modules_that_are_no_list_are_refused() -> None:
    data = json.loads(to_json(product_of_sum()[0])) | {"modules": 3}
    with pytest.raises(ValueError, match="the modules of a graph are 3; wanted a list"):
        from_json(json.dumps(data))
