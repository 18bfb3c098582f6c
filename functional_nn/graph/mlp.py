"""The graph of a network and its loss, and what goes into it.

graph = from_mlp(mlp)
values(graph, mlp_inputs(mlp, params, x, y))["z1"]

x, W1, b1, ..., WL, bL, t    inputs: the rows, the parameters, the encoded targets
uW1 = x @ W1                 products
z1  = uW1 + b1               pre-activations; b1 is copied to every row
u1  = relu(z1)               activations
rows = loss(uL, t)           loss of each row
J                            their mean, plus the penalty
"""

from collections.abc import Mapping

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array

from functional_nn import targets
from functional_nn.dense import Dense, Params
from functional_nn.graph.build import build
from functional_nn.graph.graph import Graph
from functional_nn.graph.symbols import Symbol, gate, symbol
from functional_nn.mlp import MLP


def from_mlp(mlp: MLP) -> Graph:
    """Return the graph of ``mlp.loss``."""
    u = symbol("x")
    inputs, weights = [u], []
    for number, activation in enumerate(mlp.layer_activations, start=1):
        W, b = symbol(f"W{number}"), symbol(f"b{number}")
        z = ((u @ W).named(f"uW{number}") + b).named(f"z{number}")
        u = gate(activation)(z).named(f"u{number}")
        inputs += [W, b]
        weights.append(W)
    t = symbol("t")
    J = gate(mlp.loss_name)(u, t).named("rows").mean()
    if mlp.l2:
        J = J.named("mean") + _penalty(weights, mlp.l2)
    return build(J.named("J"), inputs=[*inputs, t])


def mlp_inputs(mlp: MLP, params: Params, x: ArrayLike, y: ArrayLike) -> dict[str, Array]:
    """Return the inputs of ``from_mlp(mlp)``, the targets encoded as ``mlp.loss`` does."""
    x = mlp.checked_inputs(params, x)
    outputs = jnp.zeros((x.shape[0], mlp.sizes[-1]), x.dtype)  # for their shape and dtype
    named: dict[str, Array] = {"x": x}
    for number, layer in enumerate(params, start=1):
        named |= {f"W{number}": layer.weight, f"b{number}": layer.bias}
    return named | {"t": targets.encode(mlp.loss_name, y, outputs)}


def params_of(mlp: MLP, named: Mapping[str, Array]) -> Params:
    """Return what is called W1, b1, ... as parameters: from partials, the gradient."""
    return tuple(Dense(named[f"W{k}"], named[f"b{k}"]) for k in range(1, mlp.depth + 1))


def parameter_names(mlp: MLP) -> tuple[str, ...]:
    """Return W1, b1, ..., WL, bL."""
    return tuple(f"{letter}{k}" for k in range(1, mlp.depth + 1) for letter in ("W", "b"))


def _penalty(weights: list[Symbol], l2: float) -> Symbol:
    """Return ``l2/2 Σ ‖W‖²``."""
    first, *others = [(W**2).sum() for W in weights]
    squares = first
    for other in others:
        squares = squares + other
    return (0.5 * l2 * squares).named("penalty")
