"""A graph is data: nodes by name, each with its gate and its inputs."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import jax

from functional_nn.graph.checks import check_call, check_name, check_unique, frozen_options, unknown
from functional_nn.graph.order import in_order
from functional_nn.graph.same import packed, same, unpacked


@dataclass(frozen=True)
class Node:
    """One value of a graph, and where it comes from.

    Attributes:
        name: What it is called; unique in its graph, without "/".
        gate: A key of ``functional_nn.gates.gates``, or "input", "constant", "module".
        inputs: Names of the nodes it is computed from, in the gate's order.
        options: What is fixed when the graph is built, as (name, value); a constant's "value".
        module: The graph that a module node stands for.
    """

    name: str
    gate: str
    inputs: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    module: "Graph | None" = None

    def __post_init__(self) -> None:
        """Give the node its canonical form, and see that it is one."""
        try:
            options = frozen_options(self.gate, self.options)
        except TypeError as error:
            raise TypeError(f"node {self.name!r}: {error}") from None
        object.__setattr__(self, "options", options)
        _check_inputs(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again, canonical form included."""
        return Node, (self.name, self.gate, self.inputs, self.options, self.module)

    @cached_property
    def keywords(self) -> dict[str, Any]:
        """The options as keyword arguments."""
        return dict(self.options)


@jax.tree_util.register_static
@dataclass(frozen=True, repr=False)
class Graph:
    """A directed acyclic graph with one output; hashable, so static under ``jax.jit``.

    Called with symbols it becomes a module of the graph being built; called with numbers or
    arrays it is evaluated.

    Attributes:
        name: Of the graph, and of the module it may become.
        nodes: In topological order, whatever order they are given in.
        output: Name of the node that is the result: the goal J of a backward sweep.

    Raises:
        ValueError: If a name stands for two nodes or for none, a gate is unknown (the nearest
            known one is offered) or gets other inputs than it takes, or the nodes form a cycle.
    """

    name: str
    nodes: tuple[Node, ...]
    output: str
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the nodes and put them in order."""
        for name in (self.name, *(node.name for node in self.nodes)):
            check_name(name)
        check_unique(node.name for node in self.nodes)
        nodes = {node.name: node for node in self.nodes}
        wanted = [(node.name, source) for node in self.nodes for source in node.inputs]
        for name, source in (*wanted, ("the output", self.output)):
            if source not in nodes:
                raise ValueError(
                    f"graph {self.name!r}, {name}: {unknown('node', source, tuple(nodes))}"
                )
        ordered = in_order({name: node.inputs for name, node in nodes.items()})
        object.__setattr__(self, "nodes", tuple(nodes[name] for name in ordered))
        # now, so that a graph's hash never has to go down through all its modules
        object.__setattr__(self, "_hash", hash((self.name, self.nodes, self.output)))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in the order in which a call takes them."""
        return tuple(node.name for node in self.nodes if node.gate == "input")

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def flat(self) -> tuple[Node, ...]:
        """The nodes with every module opened; what is inside is called "module/node".

        A module with a backward of its own stays one node, ``functional_nn.graph.opened`` opens it.
        """
        from functional_nn.graph.modules import flattened  # it takes graphs apart, so comes after

        return tuple(flattened(self))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return the output at these inputs: a symbol if one of them is, else an array.

        Args:
            *args: Inputs in the order of ``inputs``.
            **named: Inputs by name.

        Raises:
            ValueError: If an input is missing, unknown, or given twice, or shapes do not fit.
        """
        from functional_nn.graph.evaluate import bound, evaluate
        from functional_nn.graph.symbols import Symbol, apply_module

        inputs = bound(self, args, named)
        if any(isinstance(value, Symbol) for value in inputs.values()):
            return apply_module(self, [inputs[name] for name in self.inputs])
        return evaluate(self, inputs)

    def renamed(self, name: str) -> "Graph":
        """Return the same graph under another name."""
        return replace(self, name=name)

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a graph with equal nodes."""
        return same(self, other) if isinstance(other, Graph) else NotImplemented

    def __hash__(self) -> int:
        """Return what was computed once: a graph may have 10,000 nodes."""
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again: modules may be nested deeper than pickle goes."""
        return unpacked, (packed(self),)

    def __repr__(self) -> str:
        """Return one line; ``str`` gives the equations."""
        return (
            f"Graph({self.name!r}, {len(self.nodes)} nodes: "
            f"{', '.join(self.inputs)} -> {self.output})"
        )

    def __str__(self) -> str:
        """Return the equations, one node a line."""
        from functional_nn.graph.text import listing

        return listing(self)


def _check_inputs(node: Node) -> None:
    """Refuse a node whose inputs and options are not those of its gate."""
    options = [name for name, _ in node.options]
    match node.gate:
        case "input":
            fits, wanted = not node.inputs and not options, "an input takes nothing"
        case "constant":
            fits = not node.inputs and options == ["value"]
            wanted = "a constant takes one option, its value"
        case "module":
            fits = node.module is not None and len(node.inputs) == len(node.module.inputs)
            wanted = "a module node takes its graph"
            if node.module is not None:
                wanted = f"module {node.module.name!r} takes {', '.join(node.module.inputs)}"
        case _:
            check_call(node.gate, len(node.inputs), options)
            return
    if not fits:
        given = ", ".join((*node.inputs, *options)) or "nothing"
        raise ValueError(f"node {node.name!r}: {wanted}; it was given {given}")


def checked(graph: Any) -> Graph:
    """Return a graph, or say that it is none.

    Raises:
        TypeError: If it is something else.
    """
    if isinstance(graph, Graph):
        return graph
    raise TypeError(
        f"wanted a graph, got {type(graph).__name__} {graph!r}; build(symbol) makes a graph"
    )
