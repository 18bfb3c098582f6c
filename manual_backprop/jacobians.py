"""How each output of an ``MLP`` moves with each input, both ways.

    by columns   forward mode, along one input for all outputs      n_in sweeps
    by rows      reverse mode, from one output to all inputs        n_out sweeps

All rows of ``x`` travel in one sweep: the network treats them alike. Few inputs and many outputs
are cheaper by columns, many inputs and few outputs by rows; a loss is the extreme of the second.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from functional_nn.dense import Params
from functional_nn.mlp import MLP
from manual_backprop import dense
from manual_backprop.activations import slopes
from manual_backprop.mlp import Kept, forward_keeping
from manual_backprop.tangents import push


def by_columns(mlp: MLP, params: Params, x: ArrayLike) -> Float[Array, "batch n_out n_in"]:
    """Return du_L/dx of each row, one column a forward sweep.

    Equations:
        ∂u_L/∂x_i = u̇_L  at  ẋ = e_i     (FM1, FM2)
    """
    x = mlp.checked_inputs(params, x)

    def column(e: Float[Array, " n_in"]) -> Float[Array, "batch n_out"]:
        return push(mlp, params, x, x_dot=jnp.broadcast_to(e, x.shape)).tangent

    return jax.vmap(column, out_axes=-1)(jnp.eye(mlp.sizes[0], dtype=x.dtype))


def by_rows(mlp: MLP, params: Params, x: ArrayLike) -> Float[Array, "batch n_out n_in"]:
    """Return du_L/dx of each row, one row a reverse sweep.

    Equations:
        ∂u_{L,o}/∂x = dx  from  du_L = e_o     (BP1, BP2)
    """
    u, kept = forward_keeping(mlp, params, mlp.checked_inputs(params, x), None)

    def row(e: Float[Array, " n_out"]) -> Float[Array, "batch n_in"]:
        return pull(mlp, params, kept, jnp.broadcast_to(e, u.shape))

    return jax.vmap(row, out_axes=1)(jnp.eye(mlp.sizes[-1], dtype=u.dtype))


def pull(
    mlp: MLP, params: Params, kept: list[Kept], du: Float[Array, "batch n_out"]
) -> Float[Array, "batch n_in"]:
    """Pull what comes back to the outputs through the network to its inputs.

    Equations:
        δ_l = du_l ∘ g_l'(z_l),   du_{l-1} = δ_l W_lᵀ     (BP1, BP2)
    """
    layers = list(zip(params, mlp.layer_activations, kept, strict=True))
    for layer, activation, memory in reversed(layers):
        du = dense.pull_back(layer, du * slopes[activation].formula(memory.slope_of))
    return du
