"""Backpropagation over any directed acyclic graph, in the four steps of the lecture.

1. Instantiate the computation as a graph: each intermediate quantity is a node.
2. At each node store its value, and the partial derivative of the goal J with respect to it.
3. Initialise all partial derivatives to 0.
4. Visit the nodes in reverse topological order; add each one's contribution to its inputs'.

Source: 10-601B Lecture 15, "Backpropagation".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from functional_nn.graph import Graph, Node, equation, values
from functional_nn.graph.checks import unknown
from functional_nn.graph.evaluate import as_array
from functional_nn.graph.graph import checked
from manual_backprop.gates import rules
from manual_backprop.graph.sweeps import Sweep
from manual_backprop.rules import Rule, pulled


def backpropagate(graph: Graph, inputs: Mapping[str, Any], seed: Any = None) -> Sweep:
    """Return the value and the partial of every node.

    Equations:
        dJ/dJ  = 1                                        (or the seed)
        dJ/du += dJ/dv ∂v/∂u    for each user v of u      (L1-08)

    Args:
        graph: The graph; its output is the goal J.
        inputs: A number or an array for each input.
        seed: What comes back to the output: 1 if J is a scalar. For an array J the partials are
            then those of Σ seed J: with a single 1 in it, one row of the Jacobian.

    Raises:
        ValueError: If the output is no scalar and there is no seed, or the seed does not fit;
            also as ``functional_nn.graph.values``.
    """
    nodes = checked(graph).flat  # 1
    stored = values(graph, inputs)  # 2
    partials = _zeros(stored)  # 3
    partials[graph.output] = _seed(graph, stored[graph.output], seed)
    reached = {graph.output}
    for node in reversed(nodes):  # 4
        if node.name in reached:  # else J does not depend on it
            for source, contribution in _contributions(node, partials[node.name], stored):
                partials[source] = partials[source] + contribution
                reached.add(source)
    return Sweep(graph, stored, partials)


def value_and_partials(
    graph: Graph, wrt: Sequence[str] | None = None
) -> Callable[..., tuple[Array, dict[str, Array]]]:
    """Return ``f(inputs, seed=None) -> (value, partials)``: pure, for ``jax.jit`` and ``jax.vmap``.

    Args:
        graph: The graph.
        wrt: Names of the nodes whose partials are wanted, inside modules too ("layer/z"); all
            inputs if None. Under ``jax.jit`` nothing is computed for the others.

    Raises:
        ValueError: If a name is unknown.
    """
    names = checked(graph).inputs if wrt is None else tuple(wrt)
    known = {node.name for node in graph.flat}
    for name in names:
        if name not in known:
            raise ValueError(f"{graph.name}: {unknown('node', name, sorted(known))}")

    def value_and_partials_of(
        inputs: Mapping[str, Any], seed: Any = None
    ) -> tuple[Array, dict[str, Array]]:
        sweep = backpropagate(graph, inputs, seed)
        return sweep.values[graph.output], {name: sweep.partials[name] for name in names}

    return value_and_partials_of


def _contributions(node: Node, dv: Array, stored: Mapping[str, Array]) -> list[tuple[str, Array]]:
    """Return what a node adds to the partials of its inputs, by name."""
    if not node.inputs:
        return []
    inputs = [stored[name] for name in node.inputs]
    rule = rule_of(node)
    try:
        found = pulled(rule, dv, stored[node.name], inputs, **node.keywords)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the rule of {node.gate!r}, at node {equation(node)}: {error}") from error
    pairs = zip(node.inputs, found, strict=True)
    return [(name, contribution) for name, contribution in pairs if contribution is not None]


def rule_of(node: Node) -> Rule:
    """Return the rule of a node's gate.

    Raises:
        ValueError: If it has none.
    """
    if node.gate not in rules:
        raise ValueError(
            f"node {equation(node)}: gate {node.gate!r} has no rule; compare.gates.register adds a "
            "gate together with its rule"
        )
    return rules[node.gate]


def _zeros(stored: Mapping[str, Array]) -> dict[str, Array]:
    """Return a zero like each value; equal ones are one array."""
    kinds = {name: (value.shape, value.dtype) for name, value in stored.items()}
    zeros = {kind: jnp.zeros(*kind) for kind in set(kinds.values())}
    return {name: zeros[kind] for name, kind in kinds.items()}


def _seed(graph: Graph, output: Array, seed: Any) -> Array:
    if seed is None and output.ndim == 0:
        return jnp.ones_like(output)
    given = None if seed is None else as_array(seed, f"{graph.name}: the seed")
    if given is None or given.shape != output.shape:
        got = "no seed" if given is None else f"a seed of shape {list(given.shape)}"
        raise ValueError(
            f"{graph.name}: the output has shape {list(output.shape)} and there is {got}; give "
            "a seed of the output's shape: with a single 1 in it, one row of the Jacobian"
        )
    return given.astype(output.dtype)
