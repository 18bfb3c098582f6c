"""A graph's partials by hand beside autodiff of the whole graph, and its two modes side by side."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.random_graphs import Case
from functional_nn.gates import gates
from functional_nn.graph import Graph
from manual_backprop.graph import Sweep, push

#: Allowed: so much of a partial's own size, and so much of the largest partial of its graph.
RELATIVE, ABSOLUTE = 1e-12, 1e-13
#: Allowed between the modes, of the sum of the terms' sizes.
BETWEEN_MODES = 1e-12


def nudged(graph: Graph, nudges: dict[str, Any]) -> Any:
    """Return the output when a nudge is added to the value of each node; a leaf is its nudge."""
    values: dict[str, Any] = {}
    for node in graph.nodes:
        nudge = nudges[node.name]
        inputs = [values[name] for name in node.inputs]
        values[node.name] = (
            gates[node.gate].forward(*inputs, **node.keywords) + nudge if inputs else nudge
        )
    return values[graph.output]


def by_autodiff(case: Case) -> dict[str, Any]:
    """Return the partial of every node."""
    values = case.values | {"J": jnp.zeros(())}
    nudges = {
        node.name: jnp.zeros_like(values[node.name]) if node.inputs else values[node.name]
        for node in case.graph.nodes
    }
    return jax.grad(nudged, argnums=1)(case.graph, nudges)


class Apart(NamedTuple):
    """How far two sides are apart.

    Attributes:
        allowed: The largest difference, 1 being what is allowed; inf for other shapes and nan.
        relative: The same over the largest number of its graph.
    """

    allowed: float
    relative: float


def partials_apart(case: Case, sweep: Sweep) -> Apart:
    """Return how far the partials of all nodes are from autodiff's."""
    wanted = by_autodiff(case)
    pairs = [(np.asarray(sweep.partial(name)), np.asarray(d)) for name, d in wanted.items()]
    if any(ours.shape != theirs.shape for ours, theirs in pairs):
        return Apart(np.inf, np.inf)
    ours, theirs = (
        np.concatenate([side.ravel() for side in sides]) for sides in zip(*pairs, strict=True)
    )
    largest = max(1.0, float(np.abs(theirs).max()))
    difference = np.abs(ours - theirs)
    allowed = difference / (RELATIVE * np.abs(theirs) + ABSOLUTE * largest)
    return Apart(_worst(allowed), _worst(difference / largest))


def modes_apart(case: Case, sweep: Sweep, seed: int) -> Apart:
    """Return how far the modes are apart along a drawn direction: J̇ beside Σ ∂J/∂x ẋ."""
    rng = np.random.default_rng(seed)
    direction = {name: rng.standard_normal(x.shape) for name, x in case.inputs.items()}
    terms = [np.sum(np.asarray(sweep.partial(name)) * direction[name]) for name in case.inputs]
    tangent = push(case.graph, case.inputs, direction).tangent("J")
    difference = np.abs(np.asarray(tangent) - sum(terms)) / max(1.0, sum(map(abs, terms)))
    return Apart(_worst(difference / BETWEEN_MODES), _worst(difference))


def _worst(differences: np.ndarray) -> float:
    return float(np.max(differences)) if np.isfinite(differences).all() else np.inf
