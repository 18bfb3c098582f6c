"""The derivative with respect to a node of a graph, by moving it and computing what comes after."""

from jaxtyping import Array

from functional_nn.graph import Graph, build, gate, symbol
from manual_backprop.graph import Sweep

STEP = 1e-5  # the error is then about 1e-10


def by_moving(graph: Graph, sweep: Sweep, name: str) -> float:
    """Return dJ/dnode by central differences.

    Args:
        graph: Of numbers, with the output J.
        sweep: Over it, where the derivative is wanted.
        name: Of the node that is moved.
    """

    def J(shift: float) -> float:
        stored: dict[str, Array] = {}
        for node in graph.nodes:
            stored[node.name] = sweep.value(node.name)
            if node.inputs:
                given = [stored[source] for source in node.inputs]
                args = [symbol(f"a{k}") for k in range(len(given))]
                one = build(
                    gate(node.gate)(*args, **node.keywords), inputs=list(dict.fromkeys(args))
                )
                stored[node.name] = one(**{f"a{k}": value for k, value in enumerate(given)})
            if node.name == name:
                stored[node.name] = stored[node.name] + shift
        return float(stored[graph.output])

    return (J(STEP) - J(-STEP)) / (2 * STEP)
