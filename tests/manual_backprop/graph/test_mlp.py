"""A network as a graph: the delta recursion again, down to the compiled program."""

import re
from collections import Counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, activations
from functional_nn.graph import from_mlp, mlp_inputs, params_of
from manual_backprop import deltas, value_and_grad
from manual_backprop.graph import backpropagate, graph_value_and_grad

x = jax.random.normal(jax.random.key(1), (6, 5))
labels = jnp.array([0, 1, 2, 2, 1, 0])


def operations(compiled: Any) -> Counter[str]:
    """Count the operations of the optimised program."""
    return Counter(re.findall(r"= \S+ ([a-z\-]+)\(", compiled.as_text()))


NETWORKS = [
    pytest.param(MLP((5, 4, 3), activations="tanh"), labels, id="tanh"),
    pytest.param(MLP((5, 7, 4, 3), activations=("relu", "gelu")), labels, id="relu, gelu"),
    pytest.param(
        MLP((5, 4, 1), activations="silu", loss="binary_cross_entropy"), labels > 0, id="binary"
    ),
    pytest.param(MLP((5, 4, 3), loss="squared_error", output="sigmoid"), x[:, :3], id="values"),
    pytest.param(MLP((5, 3)), labels, id="linear"),
]


@pytest.mark.parametrize(("mlp", "y"), NETWORKS)
def test_it_is_the_program_of_the_delta_recursion(mlp: MLP, y: jax.Array) -> None:
    params = mlp.init(jax.random.key(0))
    programs = [
        jax.jit(engine(mlp)).lower(params, x, y).compile()
        for engine in (graph_value_and_grad, value_and_grad)
    ]
    of_graph, of_recursion = map(operations, programs)
    for kind in of_graph | of_recursion:  # XLA may draw the border of a fusion elsewhere
        spare = 1 if kind in ("fusion", "parameter") else 0
        assert abs(of_graph[kind] - of_recursion[kind]) <= spare, kind
    found, wanted = (program(params, x, y) for program in programs)
    assert jax.tree.all(jax.tree.map(jnp.array_equal, found, wanted))


@pytest.mark.parametrize("activation", activations)
def test_partials_are_the_deltas(activation: str) -> None:
    mlp = MLP((5, 4, 3), activations=activation, l2=0.1)
    params = mlp.init(jax.random.key(0))
    sweep = backpropagate(from_mlp(mlp), mlp_inputs(mlp, params, x, labels))
    for name, delta in deltas(mlp, params, x, labels).items():
        np.testing.assert_allclose(sweep.partial(name), delta, rtol=1e-5, atol=1e-7)
    loss, grads = value_and_grad(mlp)(params, x, labels)
    np.testing.assert_allclose(sweep.value("J"), loss, rtol=1e-6)
    for found, wanted in zip(
        jax.tree.leaves(params_of(mlp, sweep.partials)), jax.tree.leaves(grads), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
