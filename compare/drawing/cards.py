"""What a drawing says at each node."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from functional_nn.graph import Graph, Node
from functional_nn.graph.modules import module_graph
from functional_nn.graph.text import right_side
from manual_backprop.graph import Sweep, TangentSweep
from manual_backprop.graph.text import number

#: What can be drawn: a graph alone, or with what a sweep found.
Drawable: TypeAlias = Graph | Sweep | TangentSweep

_LONGEST = 40  # letters in a line


class Line(NamedTuple):
    """One number of a card."""

    label: str
    text: str
    role: Literal["value", "derivative"]


@dataclass(frozen=True)
class Card:
    """One node of a drawing.

    Attributes:
        name: Of the node.
        title: Its equation; an input's is its name.
        kind: How it is framed.
        inputs: Names of the nodes that lead to it, in order.
        lines: The numbers below the title.
    """

    name: str
    title: str
    kind: Literal["input", "constant", "gate", "module"]
    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    is_output: bool


def cards(drawn: Drawable, opened: bool = False) -> list[Card]:
    """Return a card for each node, in topological order.

    Args:
        drawn: A graph or a sweep over one.
        opened: Whether modules are drawn with what is inside them; those with a backward of
            their own are when the graph is ``functional_nn.graph.opened``.

    Raises:
        TypeError: If it is neither.
    """
    if not isinstance(drawn, Drawable):
        raise TypeError(
            f"{type(drawn).__name__} {drawn!r} is nothing to draw; give a graph, which "
            "build(symbol) makes, or what backpropagate(graph, inputs) or push(...) returns"
        )
    graph = drawn if isinstance(drawn, Graph) else drawn.graph
    nodes: Sequence[Node] = graph.flat if opened else graph.nodes
    constants = {node.name: node for node in nodes if node.gate == "constant"}

    def written(name: str) -> str:
        return right_side(constants[name]) if name in constants else name

    return [
        Card(
            node.name,
            _shortened(_title(node, right_side(node, written))),
            _kind(node),
            node.inputs,
            tuple(_lines(drawn, node.name)),
            node.name == graph.output,
        )
        for node in nodes
    ]


def _title(node: Node, formula: str) -> str:
    return node.name if node.gate == "input" else f"{node.name} = {formula}"


def _kind(node: Node) -> Literal["input", "constant", "gate", "module"]:
    match node.gate:
        case "input" | "constant":
            return node.gate
        case _:
            return "gate" if module_graph(node) is None else "module"


def _lines(drawn: Drawable, name: str) -> list[Line]:
    if isinstance(drawn, Graph):
        return []
    value = Line("value", number(drawn.value(name)), "value")
    if isinstance(drawn, TangentSweep):
        return [value, Line("tangent", number(drawn.tangent(name)), "derivative")]
    label = _shortened(f"∂{drawn.graph.output}/∂{name}")
    return [value, Line(label, number(drawn.partial(name)), "derivative")]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
