"""Derivatives of a graph by hand-derived local rules: one sweep backwards, or one forwards.

    sweep = backpropagate(f, {"x": -2, "y": 5, "z": -4})
    sweep.value("q"), sweep.partial("q")                  # 3, -4
    print(sweep)                                          # the same of every node
    jax.jit(value_and_partials(f))(inputs)                # the pure function
    graph_value_and_grad(mlp)(params, x, y)               # a network's, as value_and_grad gives it
    push(f, inputs, {"x": 1}).tangent("f")                # forward mode: a Jacobian column

``manual_backprop.gates`` is the table of rules; ``functional_nn.graph`` makes the graphs.
"""

from manual_backprop.graph.jacobians import jacobian_by_columns, jacobian_by_rows
from manual_backprop.graph.mlp import graph_value_and_grad
from manual_backprop.graph.reverse import backpropagate, value_and_partials
from manual_backprop.graph.sweeps import Sweep, TangentSweep
from manual_backprop.graph.tangents import push, value_and_tangent

__all__ = [
    "Sweep",
    "TangentSweep",
    "backpropagate",
    "graph_value_and_grad",
    "jacobian_by_columns",
    "jacobian_by_rows",
    "push",
    "value_and_partials",
    "value_and_tangent",
]
