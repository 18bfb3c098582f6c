"""The gradient of a network by a sweep over its graph, as the delta recursion gives it."""

from typing import Any

from jax.typing import ArrayLike

from functional_nn.arrays import Scalar
from functional_nn.dense import Params
from functional_nn.graph.mlp import from_mlp, mlp_inputs, parameter_names, params_of
from functional_nn.mlp import MLP
from manual_backprop.graph.reverse import value_and_partials
from manual_backprop.mlp import ValueAndGrad


def graph_value_and_grad(mlp: MLP) -> ValueAndGrad:
    """Return ``f(params, x, y) -> (loss, grads)``: ``value_and_grad`` by way of the graph.

    The graph is made once; under ``jax.jit`` the sweep compiles to the recursion's program.
    """
    sweep = value_and_partials(from_mlp(mlp), parameter_names(mlp))

    def loss_and_gradients(params: Params, x: ArrayLike, y: Any) -> tuple[Scalar, Params]:
        loss, partials = sweep(mlp_inputs(mlp, params, x, y))
        return loss, params_of(mlp, partials)

    return loss_and_gradients
