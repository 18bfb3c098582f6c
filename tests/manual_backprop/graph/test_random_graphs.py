"""Every node's partial, in random graphs, against autodiff of the whole graph in float64.

HANDGRAD_GRAPHS=2500 draws 2,500 of them instead of 300.
"""

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from functional_nn.gates import gates
from functional_nn.graph import Graph, from_json, to_json
from manual_backprop.graph import backpropagate, push
from tests.manual_backprop.graph.random_graphs import Recipe, grow, recipes

GRAPHS = int(os.environ.get("HANDGRAD_GRAPHS", "300"))

pytestmark = pytest.mark.usefixtures("x64")
many = settings(max_examples=GRAPHS, suppress_health_check=[HealthCheck.function_scoped_fixture])
few = settings(max_examples=GRAPHS // 6, suppress_health_check=many.suppress_health_check)


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


@many
@given(recipe=recipes)
def test_every_partial_agrees_with_autodiff(recipe: Recipe) -> None:
    graph, inputs, values = grow(recipe)
    sweep = backpropagate(graph, inputs)
    values |= {"J": jnp.zeros(())}
    nudges = {
        node.name: jnp.zeros_like(values[node.name]) if node.inputs else values[node.name]
        for node in graph.nodes
    }
    wanted = jax.grad(nudged, argnums=1)(graph, nudges)
    largest = max(1.0, *(np.max(np.abs(partial)) for partial in wanted.values()))
    for name, partial in wanted.items():
        assert sweep.partial(name).shape == partial.shape
        np.testing.assert_allclose(
            sweep.partial(name), partial, rtol=1e-12, atol=1e-13 * largest, err_msg=name
        )


@few
@given(recipe=recipes)
def test_forward_mode_agrees_with_reverse_mode(recipe: Recipe) -> None:
    """J̇ = Σ ∂J/∂x ẋ: the two modes multiply the same local partials in opposite order."""
    graph, inputs, _ = grow(recipe)
    rng = np.random.default_rng(recipe.seed + 1)
    direction = {name: rng.standard_normal(x.shape) for name, x in inputs.items()}
    sweep = backpropagate(graph, inputs)
    terms = [np.sum(sweep.partial(name) * direction[name]) for name in inputs]
    tangent = push(graph, inputs, direction).tangent("J")
    np.testing.assert_allclose(tangent, sum(terms), rtol=1e-10, atol=1e-10 * sum(map(abs, terms)))


@few
@given(recipe=recipes)
def test_json_gives_the_graph_back(recipe: Recipe) -> None:
    graph = grow(recipe).graph
    assert from_json(to_json(graph)) == graph
    assert str(graph)


def test_the_graphs_are_as_varied_as_they_claim() -> None:
    """Counted over recipes like those that hypothesis draws."""
    rng = np.random.default_rng(0)
    seen: set[str] = set()
    for _ in range(60):
        shapes = rng.integers(0, 4, rng.integers(1, 4)).tolist()
        choices = [tuple(rng.integers(0, 9999, 3).tolist()) for _ in range(14)]
        graph = grow(Recipe(int(rng.integers(9999)), shapes, 2, choices, 3)).graph
        used = [source for node in graph.nodes for source in node.inputs]
        seen |= {node.gate for node in graph.nodes}
        seen |= {"fan-out" for name in used if used.count(name) > 1}
        seen |= {"unused" for node in graph.nodes if node.name not in (*used, "J")}
        seen |= {"repeated" for node in graph.nodes if len(set(node.inputs)) < len(node.inputs)}
    missing = {*gates, "fan-out", "unused", "repeated"} - seen
    assert not missing
