"""Sweeps in words: a table with one node a line."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Array

from functional_nn.graph import Graph, Node
from functional_nn.graph.text import SHOWN, right_side


def table(
    graph: Graph, values: Mapping[str, Array], derivatives: Mapping[str, Array], title: str
) -> str:
    """Return a line a node: name, equation, value, derivative; long graphs are folded."""
    nodes = list(graph.flat)
    half = len(nodes) if len(nodes) <= SHOWN else SHOWN // 2
    constants = {node.name: node for node in nodes if node.gate == "constant"}
    rows = [
        ("node", "", "value", title),
        *(_row(node, constants, values, derivatives) for node in nodes[:half]),
    ]
    if half < len(nodes):
        rows.append(("...", f"{len(nodes) - 2 * half} more nodes", "", ""))
        rows += [_row(node, constants, values, derivatives) for node in nodes[-half:]]
    return "\n".join(_aligned(rows))


def number(value: Array) -> str:
    """Return a scalar, a short vector, or the shape and size of a larger array."""
    array = np.asarray(value)
    if array.ndim == 0:
        return _digits(array.item())
    if array.ndim == 1 and array.size <= 3:
        return "[" + " ".join(_digits(item) for item in array.tolist()) + "]"
    shape = "×".join(map(str, array.shape))
    return f"{shape}, norm {_digits(float(np.linalg.norm(array.astype(np.float64))))}"


def _digits(value: float) -> str:
    return f"{value:.4g}" if value else "0"  # no negative zero


def _row(
    node: Node,
    constants: Mapping[str, Node],
    values: Mapping[str, Array],
    derivatives: Mapping[str, Array],
) -> tuple[str, str, str, str]:
    def written(name: str) -> str:
        return right_side(constants[name]) if name in constants else name

    derivative = derivatives[node.name]
    return node.name, right_side(node, written), number(values[node.name]), number(derivative)


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Return the rows as lines: words to the left, numbers to the right."""
    name, formula, value, derivative = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        f"  {a:<{name}}  {b:<{formula}}  {c:>{value}}  {d:>{derivative}}".rstrip()
        for a, b, c, d in rows
    ]
