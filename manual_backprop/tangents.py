"""Forward mode through an ``MLP``: tangents travel with the values, from the input to the loss.

A dot is the derivative along one direction (Ẇ, ḃ, ẋ) of the parameters and the rows:

ż_l = u̇_{l-1} W_l + u_{l-1} Ẇ_l + ḃ_l      (FM1)
u̇_l = g_l'(z_l) ∘ ż_l                       (FM2)
J̇   = Σ dJ/du_L ∘ u̇_L + l2 Σ_l W_l ∘ Ẇ_l    (FM3)

One sweep gives one number of the gradient, J̇ = ∇J · direction; backpropagation gives all of them.
Nothing has to be kept for later, which is what forward mode is good for: many outputs, few inputs.
``manual_backprop.graph.push`` is the same for any graph.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from functional_nn import targets
from functional_nn.activations import activations
from functional_nn.arrays import Precision, Scalar
from functional_nn.dense import Dense, Params
from functional_nn.dense import forward as dense_forward
from functional_nn.mlp import MLP, row_shares
from manual_backprop.activations import slopes
from manual_backprop.losses import output_deltas

Named = dict[str, Float[Array, "batch _"]]


class Pushed(NamedTuple):
    """What one sweep gives.

    Attributes:
        outputs: u_L.
        tangent: u̇_L, one column of the Jacobian of each row when the direction is a unit.
        named: ż_l of every layer by name, "z1" to "zL".
    """

    outputs: Float[Array, "batch n_out"]
    tangent: Float[Array, "batch n_out"]
    named: Named


def push(
    mlp: MLP,
    params: Params,
    x: ArrayLike,
    *,
    params_dot: Params | None = None,
    x_dot: ArrayLike | None = None,
    precision: Precision = None,
) -> Pushed:
    """Push a direction through the network.

    Args:
        mlp: The network.
        params: Its parameters.
        x: Inputs [batch, n_in].
        params_dot: Direction of the parameters, of their tree and shapes; None: they stay.
        x_dot: Direction of the rows, of their shape; None: they stay.
        precision: Of all matrix products.

    Raises:
        ValueError: If there is no direction, or one does not fit.
    """
    x = mlp.checked_inputs(params, x)
    if params_dot is None and x_dot is None:
        raise ValueError("no direction: give params_dot=, x_dot=, or both")
    if params_dot is not None:
        mlp.checked_inputs(params_dot, x)
    if x_dot is not None and jnp.shape(x_dot) != x.shape:
        raise ValueError(f"x_dot has shape {list(jnp.shape(x_dot))}, x has {list(x.shape)}")

    u, named = x, {}
    u_dot: Any = None if x_dot is None else jnp.asarray(x_dot, x.dtype)
    for k, (layer, activation) in enumerate(zip(params, mlp.layer_activations, strict=True)):
        layer_dot = None if params_dot is None else params_dot[k]
        z = dense_forward(layer, u, precision)
        z_dot = dense_tangent(layer, u, layer_dot, u_dot, precision)  # FM1
        u = activations[activation](z)
        slope = slopes[activation]
        u_dot = slope.formula(z if slope.kept == "z" else u) * z_dot  # FM2
        named[f"z{k + 1}"] = z_dot
    return Pushed(u, u_dot, named)


def dense_tangent(
    layer: Dense,
    u: Float[Array, "batch n_in"],
    layer_dot: Dense | None,
    u_dot: Float[Array, "batch n_in"] | None,
    precision: Precision = None,
) -> Float[Array, "batch n_out"]:
    """Return the tangent of a layer's pre-activation; None is a tangent of 0.

    Equations:
        ż = u̇ W + u Ẇ + ḃ     (FM1)  ḃ is copied to every row
    """
    z_dot = jnp.zeros((u.shape[0], layer.bias.shape[0]), u.dtype)
    if u_dot is not None:
        z_dot = z_dot + jnp.matmul(u_dot, layer.weight, precision=precision)
    if layer_dot is not None:
        z_dot = z_dot + jnp.matmul(u, layer_dot.weight, precision=precision)
        z_dot = z_dot + layer_dot.bias[None, :]
    return z_dot


def loss_and_tangent(mlp: MLP) -> Callable[..., tuple[Scalar, Scalar]]:
    """Return ``f(params, x, y, params_dot, x_dot=None) -> (loss, J̇)``, J̇ being ∇J · direction.

    A drop-in for ``jax.jvp`` of ``mlp.loss``; ``f`` also takes row ``weights`` and ``precision=``.
    """

    def loss_and_tangent_of(
        params: Params,
        x: ArrayLike,
        y: ArrayLike,
        params_dot: Params | None = None,
        x_dot: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        *,
        precision: Precision = None,
    ) -> tuple[Scalar, Scalar]:
        pushed = push(mlp, params, x, params_dot=params_dot, x_dot=x_dot, precision=precision)
        u = pushed.outputs
        t = targets.encode(mlp.loss_name, y, u)
        shares = row_shares(weights, u)
        J_dot = jnp.sum(output_deltas[mlp.loss_name](u, t, shares) * pushed.tangent)  # FM3
        if mlp.l2 and params_dot is not None:
            for layer, layer_dot in zip(params, params_dot, strict=True):
                J_dot = J_dot + mlp.l2 * jnp.sum(layer.weight * layer_dot.weight)
        return mlp.objective(params, u, t, shares), J_dot

    return loss_and_tangent_of
