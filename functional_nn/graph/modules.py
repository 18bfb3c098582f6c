"""Graphs inside graphs: of gates alone, or with a backward of their own.

A graph called with symbols becomes a module of the graph being written. Its gates have rules, so a
sweep goes through them: it is entered and left through copy gates, and its own inputs and output
are nodes:

    h = layer(x, V)   becomes   layer's inputs   h/u = copy(x),  h/W = copy(V)
                                its inside       h/z = h/u @ h/W,  h/v = tanh(h/z)
                                and its output   h = copy(h/v)

A ``Module`` has a hand-written backward for the whole of it, and is one node under its name:
``compare.gates.module`` makes one, proof-read. ``opened`` makes the first kind of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from functional_nn.gates import gates
from functional_nn.graph.evaluate import bound, evaluate
from functional_nn.graph.graph import Graph, Node, checked
from functional_nn.graph.same import inner_first
from functional_nn.graph.symbols import Symbol, apply


@dataclass(frozen=True)
class Module:
    """A graph with a name and a backward of its own.

    Called with symbols it is one node of the graph being written, called with numbers or arrays it
    is evaluated.

    Attributes:
        graph: What it computes; its name is the module's, a key of ``functional_nn.gates.gates``.
    """

    graph: Graph

    @property
    def name(self) -> str:
        """What graphs call it."""
        return self.graph.name

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return the output at these inputs: a symbol if one of them is, else an array.

        Raises:
            ValueError: If an input is missing, unknown, or given twice, or shapes do not fit.
        """
        given = bound(self.graph, args, named)
        if any(isinstance(value, Symbol) for value in given.values()):
            return apply(self.name, *(given[name] for name in self.graph.inputs))
        return evaluate(self.graph, given)


def opened(graph: Graph) -> Graph:
    """Return the graph with every module that has a backward of its own taken as gates.

    A sweep then goes by the rules of the gates inside, whose values and partials are there by
    name, "module/node".
    """
    done: dict[Graph, Graph] = {}
    for found in [*inner_first(checked(graph)), graph]:
        done[found] = replace(found, nodes=tuple(_opened(node, done) for node in found.nodes))
    return done[graph]


def _opened(node: Node, done: dict[Graph, Graph]) -> Node:
    if node.module is not None:
        return replace(node, module=done[node.module])
    own = module_graph(node)
    return node if own is None else Node(node.name, "module", node.inputs, (), opened(own))


def module_graph(node: Node) -> Graph | None:
    """Return the graph that a node stands for, with a backward of its own or without."""
    return node.module or (gates[node.gate].graph if node.gate in gates else None)


def flattened(graph: Graph) -> Iterator[Node]:
    """Yield the nodes in topological order, every module of gates alone opened, to any depth."""
    pending = list(reversed(graph.nodes))  # the next one last
    while pending:
        node = pending.pop()
        if node.module is None:
            yield node
        else:
            pending.extend(reversed(list(_inside(node, node.module))))


def _inside(outer: Node, module: Graph) -> Iterator[Node]:
    """Yield the nodes of one module, one level of modules opened."""
    sources = dict(zip(module.inputs, outer.inputs, strict=True))
    for node in module.nodes:
        name = f"{outer.name}/{node.name}"
        if node.gate == "input":
            yield Node(name, "copy", (sources[node.name],))
        else:
            inputs = tuple(f"{outer.name}/{source}" for source in node.inputs)
            yield Node(name, node.gate, inputs, node.options, node.module)
    yield Node(outer.name, "copy", (f"{outer.name}/{module.output}",))
