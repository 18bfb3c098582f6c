"""Random graphs: every partial of every node against autodiff of the whole graph, in float64.

    python -m benchmarks.graphs                 2,500 different graphs, a minute or two; keeps it
    python -m benchmarks.graphs --count 300     fewer, keeps nothing

Hypothesis draws the recipes, the same in every run: fan-out, diamonds, nodes that nobody uses,
inputs used twice by one node, scalars and arrays. Reverse mode is held against autodiff, node by
node; forward mode against reverse mode along a drawn direction. The first graph that disagrees is
made small and shown.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from itertools import count as counting
from typing import Any

import jax
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks import machine, results
from benchmarks.graph_agreement import (
    ABSOLUTE,
    BETWEEN_MODES,
    RELATIVE,
    modes_apart,
    partials_apart,
)
from benchmarks.random_graphs import Case, Recipe, grow, recipes
from functional_nn.gates import gates
from functional_nn.graph import Graph
from manual_backprop.graph import backpropagate

KEPT = results.KEPT.with_name("graphs.json")
COUNT = 2500
#: Graphs that hypothesis draws at a time.
ROUND = 250


@dataclass
class Found:
    """What the graphs were like, and how far both sides were apart."""

    graphs: set[Graph] = field(default_factory=set)
    nodes: int = 0
    partials: int = 0
    of_gate: Counter[str] = field(default_factory=Counter)
    with_shape: Counter[str] = field(default_factory=Counter)
    disagreements: int = 0
    largest: float = 0.0
    largest_between_modes: float = 0.0

    def note(self, case: Case) -> None:
        """Count what a graph adds."""
        self.graphs.add(case.graph)
        self.nodes += len(case.graph.nodes)
        self.partials += sum(np.size(value) for value in case.values.values()) + 1
        self.of_gate.update(node.gate for node in case.graph.nodes if node.inputs)
        self.with_shape.update(shapes_of(case.graph))
        arrays = any(np.ndim(value) for value in case.inputs.values())
        self.with_shape["arrays among the inputs" if arrays else "scalars alone"] += 1


def study(wanted: int = COUNT, shrink: bool = True) -> Found:
    """Draw until there are so many different graphs; compare each.

    Args:
        wanted: How many different graphs.
        shrink: Whether one that disagrees is made small before it is told.

    Raises:
        AssertionError: If one disagrees.
    """
    found = Found()
    with jax.enable_x64(True):
        for number in counting():
            if len(found.graphs) >= wanted:
                return found
            _round(found, number, shrink)
    raise AssertionError("unreachable")


def _round(found: Found, number: int, shrink: bool) -> None:
    """Draw one round of graphs, and compare those that are new."""

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        report_multiple_bugs=False,
    )
    @given(recipe=recipes)
    def compare(recipe: Recipe) -> None:
        case = grow(recipe)
        if case.graph in found.graphs:
            return
        sweep = backpropagate(case.graph, case.inputs)
        partials, modes = partials_apart(case, sweep), modes_apart(case, sweep, recipe.seed + 1)
        if not (partials.allowed <= 1 and modes.allowed <= 1):
            found.disagreements += 1
            raise AssertionError(f"{partials} from autodiff, {modes} between modes:\n{case.graph}")
        found.note(case)
        found.largest = max(found.largest, partials.relative)
        found.largest_between_modes = max(found.largest_between_modes, modes.relative)

    compare()


def shapes_of(graph: Graph) -> Iterator[str]:
    """Yield what a graph is like."""
    used = Counter(source for node in graph.nodes for source in node.inputs)
    if any(count > 1 for count in used.values()):
        yield "fan-out"
    if any(len(set(node.inputs)) < len(node.inputs) for node in graph.nodes):
        yield "an input used twice by one node"
    if any(not used[node.name] for node in graph.nodes if node.name != graph.output):
        yield "a node that nobody uses"
    if _has_diamond(graph):
        yield "a diamond"


def _has_diamond(graph: Graph) -> bool:
    """Whether two different inputs of a node come from one node, or one from the other."""
    above: dict[str, set[str]] = {}
    for node in graph.nodes:
        above[node.name] = {node.name}.union(*(above[source] for source in node.inputs))
    pairs = (pair for node in graph.nodes for pair in combinations(set(node.inputs), 2))
    return any(above[a] & above[b] for a, b in pairs)


def record(found: Found, seconds: float) -> dict[str, Any]:
    """Return what is kept."""
    return {
        "graphs": len(found.graphs),
        "nodes": found.nodes,
        "partials": found.partials,
        "disagreements": found.disagreements,
        "largest difference from autodiff": found.largest,
        "largest difference of the modes": found.largest_between_modes,
        "allowed": {
            "of a partial": RELATIVE,
            "of the graph's largest partial": ABSOLUTE,
            "between the modes": BETWEEN_MODES,
        },
        "graphs with": dict(found.with_shape.most_common()),
        "nodes by gate": dict(sorted(found.of_gate.items())),
        "gates never drawn": sorted(set(gates) - set(found.of_gate)),
        "seconds": seconds,
        "machine": machine.describe(),
    }


def told(kept: dict[str, Any]) -> str:
    """Return the record in words."""
    like = "; ".join(f"{count:,} with {what}" for what, count in kept["graphs with"].items())
    missing = ", ".join(kept["gates never drawn"]) or "none"
    return (
        f"{kept['graphs']:,} different graphs, {kept['nodes']:,} nodes of "
        f"{len(kept['nodes by gate'])} gates (never drawn: {missing})\n{like}\n"
        f"{kept['partials']:,} partials in float64 against autodiff: {kept['disagreements']} "
        f"disagreements; largest difference {kept['largest difference from autodiff']:.1e} of its "
        "graph's largest partial\n"
        "forward mode beside reverse mode: largest difference "
        f"{kept['largest difference of the modes']:.1e}\n{kept['seconds']:.0f} s"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Draw, compare, print, keep."""
    parser = argparse.ArgumentParser("python -m benchmarks.graphs", description=__doc__)
    parser.add_argument("--count", type=int, metavar="N", help=f"different graphs ({COUNT})")
    parser.add_argument("--out", type=results.file, metavar="FILE", help="where to keep the record")
    asked = parser.parse_args(argv)
    begun = time.perf_counter()
    found = study(asked.count or COUNT)
    kept = record(found, time.perf_counter() - begun)
    print(told(kept))
    out = asked.out or (None if asked.count else KEPT)
    if out:
        results.write(kept, out)
        print(f"kept in {out}", file=sys.stderr)


if __name__ == "__main__":
    main()
