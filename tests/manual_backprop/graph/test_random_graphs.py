"""Random graphs: every node's partial against autodiff of the whole graph, in float64.

``python -m benchmarks.graphs`` draws 2,500 of them and keeps what it found; here are fewer.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks import graphs
from benchmarks.graph_agreement import modes_apart, partials_apart
from benchmarks.random_graphs import Recipe, grow
from functional_nn.gates import gates
from functional_nn.graph import build, from_json, gate, symbols, to_json
from manual_backprop import gates as hand
from manual_backprop.graph import backpropagate
from manual_backprop.rules import Rule

GRAPHS = 300


@pytest.fixture(scope="module")
def found() -> graphs.Found:
    return graphs.study(GRAPHS)


def test_they_agree_and_are_as_varied_as_they_claim(found: graphs.Found) -> None:
    assert len(found.graphs) >= GRAPHS
    assert found.disagreements == 0
    assert found.largest < 1e-13
    assert found.largest_between_modes < 1e-12
    assert found.nodes > 8 * GRAPHS
    assert min(found.with_shape.values()) > GRAPHS / 10
    assert set(found.with_shape) == {
        "fan-out",
        "a diamond",
        "a node that nobody uses",
        "an input used twice by one node",
        "arrays among the inputs",
        "scalars alone",
    }


def test_json_gives_each_back(found: graphs.Found) -> None:
    for graph in list(found.graphs)[:60]:
        assert from_json(to_json(graph)) == graph
        assert str(graph)


def test_every_gate_is_among_them() -> None:
    """Counted over recipes like those that hypothesis draws."""
    rng = np.random.default_rng(0)
    seen: set[str] = set()
    for _ in range(100):
        shapes = rng.integers(0, 4, rng.integers(1, 4)).tolist()
        choices = [tuple(rng.integers(0, 9999, 3).tolist()) for _ in range(14)]
        case = grow(Recipe(int(rng.integers(9999)), shapes, 2, choices, 3))
        seen |= {node.gate for node in case.graph.nodes}
    assert not set(gates) - seen


# --- the study finds what it is there for -------------------------------------------------------


def test_a_wrong_rule_is_found(monkeypatch: Any) -> None:
    monkeypatch.setitem(hand._table, "sub", hand.rules["add"])
    with pytest.raises(AssertionError, match=r"Apart\(.*from autodiff"):
        graphs.study(100, shrink=False)


def test_a_wrong_tangent_is_found(monkeypatch: Any) -> None:
    right = hand.rules["mul"]
    monkeypatch.setitem(hand._table, "mul", Rule(right.pull, hand.rules["add"].push))
    with pytest.raises(AssertionError, match="between modes"):
        graphs.study(100, shrink=False)


@pytest.mark.usefixtures("x64")
def test_nan_is_no_agreement() -> None:
    case = grow(Recipe(0, [0], 1, [(0, 0, 3)], 1))
    sweep = backpropagate(case.graph, case.inputs)
    assert partials_apart(case, sweep).allowed <= 1
    broken = replace(sweep, partials={n: np.nan * d for n, d in sweep.partials.items()})
    assert not partials_apart(case, broken).allowed <= 1
    assert not modes_apart(case, broken, 0).allowed <= 1


def shape_of(graph: Any) -> set[str]:
    return set(graphs.shapes_of(graph))


def test_what_a_graph_is_like() -> None:
    x, y = symbols("x y")
    sine = gate("sin")
    assert shape_of(build(sine(x) + y)) == set()
    assert shape_of(build(x * x)) == {"fan-out", "an input used twice by one node"}
    assert shape_of(build(sine(x) + gate("cos")(x))) == {"fan-out", "a diamond"}
    assert shape_of(build(x * sine(x))) == {"fan-out", "a diamond"}
    assert shape_of(build(sine(x), keep=(y,))) == {"a node that nobody uses"}


def test_the_record_in_words(found: graphs.Found) -> None:
    kept = graphs.record(found, 1.0)
    assert kept["disagreements"] == 0
    assert set(kept["nodes by gate"]) | set(kept["gates never drawn"]) == set(gates)
    lines = graphs.told(kept).splitlines()
    assert lines[0].startswith(f"{len(found.graphs):,} different graphs, {found.nodes:,} nodes of ")
    assert "0 disagreements" in lines[2]
