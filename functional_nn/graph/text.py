"""A graph in words: one equation a node, as Python would write it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from functional_nn.graph.graph import Graph, Node

#: How many nodes are printed; of a longer graph the first and last half of them.
SHOWN = 60

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "matmul": "@", "pow": "**"}


def listing(graph: Graph, shown: int | None = SHOWN) -> str:
    """Return the equations of a graph, then those of its modules.

    Args:
        graph: The graph.
        shown: How many nodes of each graph to print; None for all.
    """
    return "\n".join(line for found in (graph, *modules_of(graph)) for line in _lines(found, shown))


def modules_of(graph: Graph) -> list[Graph]:
    """Return the graphs nested in this one, at any depth, each once and outermost first.

    Those with a backward of their own are among them.
    """
    from functional_nn.graph.modules import module_graph  # it evaluates, which needs equations

    found: dict[Graph, None] = {}
    pending = [graph]
    while pending:
        inner = [g for node in pending.pop(0).nodes if (g := module_graph(node)) is not None]
        new = [module for module in dict.fromkeys(inner) if module not in found]
        found.update(dict.fromkeys(new))
        pending.extend(new)
    return list(found)


def equation(node: Node, written: Callable[[str], str] = str) -> str:
    """Return a node's equation: ``q = x + y``.

    Args:
        node: The node.
        written: How to write an input; its name if not given.
    """
    return f"{node.name} = {right_side(node, written)}"


def right_side(node: Node, written: Callable[[str], str] = str) -> str:
    """Return what a node is computed as."""
    inputs = [written(name) for name in node.inputs]
    options = [f"{name}={value!r}" for name, value in node.options]
    match node.gate:
        case "input":
            return "input"
        case "constant":
            return number(node.keywords["value"])
        case "module" if node.module is not None:
            return f"{node.module.name}({', '.join(inputs)})"
        case "neg":
            return f"-{inputs[0]}"
        case "power":
            return f"{inputs[0]} ** {node.keywords['exponent']:g}"
        case gate if gate in INFIX:
            return f"{inputs[0]} {INFIX[gate]} {inputs[1]}"
        case gate:
            return f"{gate}({', '.join((*inputs, *options))})"


def number(value: Any) -> str:
    """Return a constant: a number, a short list, or the shape of a long one."""
    array = np.asarray(value)
    if array.size > 4:
        return f"constant {list(array.shape)}"
    if array.ndim == 0:
        return f"{array.item():g}"
    return "[" + ", ".join(number(item) for item in array) + "]"


def _lines(graph: Graph, shown: int | None) -> Iterator[str]:
    """Yield the title and the equations; constants stand where they are used."""
    by_name = graph.by_name

    def written(name: str) -> str:
        return right_side(by_name[name]) if by_name[name].gate == "constant" else name

    yield f"{graph.name}({', '.join(graph.inputs)}) -> {graph.output}"
    nodes = [node for node in graph.nodes if node.gate not in ("input", "constant")]
    left_out = 0 if shown is None else max(0, len(nodes) - shown)
    half = len(nodes) if not left_out else (shown or 0) // 2
    yield from (f"  {equation(node, written)}" for node in nodes[:half])
    if left_out:
        yield f"  ... {left_out} more nodes"
        yield from (f"  {equation(node, written)}" for node in nodes[half + left_out :])
