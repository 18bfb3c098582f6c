"""Compare graphs, and write one as plain tuples, without recursion: modules may nest deep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functional_nn.graph.graph import Graph


def same(graph: "Graph", other: "Graph") -> bool:
    """Return whether two graphs have equal nodes, modules included."""
    pending, seen = [(graph, other)], set()
    while pending:
        a, b = pending.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if _outside(a) != _outside(b):
            return False
        modules = [(p.module, q.module) for p, q in zip(a.nodes, b.nodes, strict=True)]
        pending += [(p, q) for p, q in modules if p is not None and q is not None]
    return True


def _outside(graph: "Graph") -> tuple[Any, ...]:
    """Return all of a graph but what is inside its modules."""
    nodes = [(n.name, n.gate, n.inputs, n.options, n.module is None) for n in graph.nodes]
    return hash(graph), graph.name, graph.output, nodes


def inner_first(graph: "Graph") -> list["Graph"]:
    """Return the graphs nested in this one, each once and after those that it uses itself."""
    ordered: dict[Graph, None] = {}
    pending = [(module, False) for module in reversed(_direct(graph))]
    while pending:
        module, ready = pending.pop()
        if ready:
            ordered[module] = None
        elif module not in ordered:
            pending.append((module, True))
            pending.extend((inner, False) for inner in reversed(_direct(module)))
    return list(ordered)


def _direct(graph: "Graph") -> list["Graph"]:
    return [node.module for node in graph.nodes if node.module is not None]


def packed(graph: "Graph") -> tuple[Any, ...]:
    """Return a graph as tuples: its modules, inner ones first, then itself."""
    graphs = [*inner_first(graph), graph]
    number = {found: k for k, found in enumerate(graphs)}
    return tuple(
        (
            found.name,
            tuple(
                (n.name, n.gate, n.inputs, n.options, n.module and number[n.module])
                for n in found.nodes
            ),
            found.output,
        )
        for found in graphs
    )


def unpacked(parts: Sequence[Any]) -> "Graph":
    """Return the graph of these tuples."""
    from functional_nn.graph.graph import Graph, Node

    graphs: list[Graph] = []
    for called, nodes, output in parts:
        made = [
            Node(name, gate, inputs, options, None if number is None else graphs[number])
            for name, gate, inputs, options, number in nodes
        ]
        graphs.append(Graph(called, tuple(made), output))
    return graphs[-1]
