"""What a sweep leaves behind: a value and a derivative at every node, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Array

from functional_nn.graph import Graph
from functional_nn.graph.checks import unknown
from functional_nn.graph.modules import module_graph
from manual_backprop.graph.text import table


@dataclass(frozen=True)
class Sweep:
    """What a forward and a backward sweep found.

    Attributes:
        graph: The graph.
        values: The value of each node; inside a module the name is "module/node".
        partials: ∂J/∂ of each node, J being the output; 0 where J does not depend on it.
    """

    graph: Graph
    values: Mapping[str, Array]
    partials: Mapping[str, Array]

    def value(self, name: str) -> Array:
        """Return the value of a node."""
        return _entry(self.graph, self.values, name)

    def partial(self, name: str) -> Array:
        """Return the partial derivative of the output with respect to a node."""
        return _entry(self.graph, self.partials, name)

    def __str__(self) -> str:
        """Return one line a node: its equation, value and partial."""
        title = f"d{self.graph.output}/dnode"
        return table(self.graph, self.values, self.partials, title)


@dataclass(frozen=True)
class TangentSweep:
    """What one forward-mode sweep found.

    Attributes:
        graph: The graph.
        values: The value of each node; inside a module the name is "module/node".
        tangents: The derivative of each node along the direction given at the inputs.
    """

    graph: Graph
    values: Mapping[str, Array]
    tangents: Mapping[str, Array]

    def value(self, name: str) -> Array:
        """Return the value of a node."""
        return _entry(self.graph, self.values, name)

    def tangent(self, name: str) -> Array:
        """Return the tangent of a node."""
        return _entry(self.graph, self.tangents, name)

    def __str__(self) -> str:
        """Return one line a node: its equation, value and tangent."""
        return table(self.graph, self.values, self.tangents, "tangent")


def _entry(graph: Graph, entries: Mapping[str, Array], name: str) -> Array:
    if name not in entries:
        node = graph.by_name.get(name.partition("/")[0])
        if node is not None and node.module is None and module_graph(node) is not None:
            raise KeyError(
                f"{graph.name}: {node.name!r} is a module with a backward of its own, so nothing "
                "inside it was swept; sweep opened(graph)"
            )
        raise KeyError(f"{graph.name}: {unknown('node', name, tuple(entries))}")
    return entries[name]
