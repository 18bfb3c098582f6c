"""Forward mode over any directed acyclic graph: tangents travel with the values."""

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from functional_nn.graph import Graph, equation, values
from functional_nn.graph.checks import unknown
from functional_nn.graph.evaluate import as_array
from manual_backprop.graph.reverse import rule_of
from manual_backprop.graph.sweeps import TangentSweep


def push(graph: Graph, inputs: Mapping[str, Any], tangents: Mapping[str, Any]) -> TangentSweep:
    """Return the value and the tangent of every node.

    Equations:
        v̇ = Σ_u ∂v/∂u u̇     over the inputs u of v, in topological order     (L0-03)

    Args:
        graph: The graph.
        inputs: A number or an array for each input.
        tangents: The direction in which the inputs move, by name; those left out stay.

    Raises:
        ValueError: If a tangent is not of its input's shape, or of no input; also as
            ``functional_nn.graph.values``.
    """
    stored = values(graph, inputs)
    moving = {name: jnp.zeros_like(stored[name]) for name in graph.inputs}
    moving |= _checked(graph, stored, tangents)
    for node in graph.flat:
        if node.gate == "constant":
            moving[node.name] = jnp.zeros_like(stored[node.name])
        elif node.inputs:
            directions = [moving[name] for name in node.inputs]
            at = (stored[node.name], *(stored[name] for name in node.inputs))
            moving[node.name] = rule_of(node).push(directions, *at, **node.keywords)
            if moving[node.name].shape != at[0].shape:
                raise ValueError(
                    f"the tangent rule of {node.gate!r}, at node {equation(node)}, returned shape "
                    f"{list(moving[node.name].shape)}; the value has {list(at[0].shape)}"
                )
    return TangentSweep(graph, stored, moving)


def value_and_tangent(graph: Graph) -> Callable[..., tuple[Array, Array]]:
    """Return ``f(inputs, tangents) -> (value, tangent)``; pure, so it goes under ``jax.jit``."""

    def value_and_tangent_of(
        inputs: Mapping[str, Any], tangents: Mapping[str, Any]
    ) -> tuple[Array, Array]:
        sweep = push(graph, inputs, tangents)
        return sweep.values[graph.output], sweep.tangents[graph.output]

    return value_and_tangent_of


def _checked(
    graph: Graph, stored: Mapping[str, Array], tangents: Mapping[str, Any]
) -> dict[str, Array]:
    moving = {}
    for name, tangent in tangents.items():
        if name not in graph.inputs:
            raise ValueError(f"{graph.name}: {unknown('input', name, graph.inputs)}")
        given = as_array(tangent, f"{graph.name}: the tangent of {name!r}")
        if given.shape != stored[name].shape:
            raise ValueError(
                f"{graph.name}: the tangent of {name} has shape {list(given.shape)}, its "
                f"value {list(stored[name].shape)}; give one number for each of the value's"
            )
        moving[name] = given.astype(stored[name].dtype)
    return moving
