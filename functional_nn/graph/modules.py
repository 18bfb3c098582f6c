"""Open the modules of a graph: the same values from gates alone.

A module is entered and left through copy gates, so that its own inputs and output are nodes:

    h = layer(x, V)   becomes   layer's inputs   h/u = copy(x),  h/W = copy(V)
                                its inside       h/z = h/u @ h/W,  h/v = tanh(h/z)
                                and its output   h = copy(h/v)
"""

from collections.abc import Iterator

from functional_nn.graph.graph import Graph, Node


def opened(graph: Graph) -> Iterator[Node]:
    """Yield the nodes in topological order, every module opened, to any depth."""
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
