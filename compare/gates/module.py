"""Give a graph a backward of its own, once that is proof-read: a module.

    layer = module("layer", graph, backward)   # refused, with the report, when it is wrong
    J = build((layer(layer(x, V, b), W, c) ** 2).mean())

Source: L0, "Modules": x.grad = T_backward(x⁺.grad; params, x) (L0-11).
"""

from collections.abc import Sequence

from compare.gates.examples import Example
from compare.gates.register import register
from functional_nn.gates import gates
from functional_nn.graph import Graph, Module, function_of
from functional_nn.graph.graph import checked
from manual_backprop.rules import Pull, Push


def module(
    name: str,
    graph: Graph,
    backward: Pull,
    *,
    tangent: Push | None = None,
    examples: Sequence[Example] | None = None,
    seed: int = 0,
) -> Module:
    """Return a module: a graph with a name and a backward of its own, which is proof-read first.

    Graphs have it as one node, and modules may be made of modules. ``functional_nn.graph.opened``
    gives such a graph with the gates inside swept instead; ``manual_backprop.gates.unregister``
    takes the name out again.

    Args:
        name: What graphs call it.
        graph: What it computes.
        backward: ``backward(dv, v, *inputs)``: with dv = ∂J/∂v, one contribution an input of the
            graph, in its order and of its shape; None for an input that has none.
        tangent: ``tangent(tangents, v, *inputs) -> v̇`` for forward sweeps; if None, it is made of
            pulls, one an element of v.
        examples: Inputs to proof-read at, a tuple for each call; if None, scalars and arrays are
            drawn, all inputs of one shape, as far as the graph takes them.
        seed: Of the draws.

    Raises:
        GradientMismatch: If backward is wrong; the message is the report.
        ValueError: As ``register``; also if the graph has no inputs, or uses this very name.
        TypeError: As ``register``; also if ``graph`` is none.
    """
    named = checked(graph).renamed(name)
    if not named.inputs:
        raise ValueError(
            f"module {name!r}: the graph {graph.name!r} has no inputs, so there is nothing to go "
            "back to"
        )
    if name in _gates_of(named):
        raise ValueError(
            f"module {name!r}: its graph has a node {name!r} in it, and a module cannot be inside "
            "itself; choose another name"
        )
    register(name, function_of(named), backward, tangent=tangent, examples=examples, seed=seed)
    return Module(named)


def _gates_of(graph: Graph) -> set[str]:
    """Return the gates of a graph, with those inside its modules."""
    found: set[str] = set()
    pending = [graph]
    while pending:
        new = {node.gate for node in pending.pop().flat} - found
        found |= new
        pending += [gates[gate].graph for gate in new if gate in gates and gates[gate].graph]
    return found
