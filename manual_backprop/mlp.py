"""Backpropagation through an ``MLP``: the delta recursion, from the output to the input.

δ_L     = dJ/du_L ∘ g_L'(z_L)              (BP1)
δ_{l-1} = (δ_l W_lᵀ) ∘ g_{l-1}'(z_{l-1})   (BP2)
dJ/db_l = Σ_batch δ_l                      (BP3)
dJ/dW_l = u_{l-1}ᵀ δ_l + l2 W_l            (BP4, BP5)
"""

from collections.abc import Callable
from functools import singledispatch
from typing import NamedTuple, TypeAlias

from jax.typing import ArrayLike, DTypeLike
from jaxtyping import Array, Float

from functional_nn import targets
from functional_nn.activations import activations
from functional_nn.arrays import Precision, Scalar
from functional_nn.dense import Dense, Params
from functional_nn.dense import forward as dense_forward
from functional_nn.mlp import MLP, in_dtype, row_shares
from manual_backprop import dense
from manual_backprop.activations import slopes
from manual_backprop.losses import output_deltas
from manual_backprop.products import in_turn

Deltas: TypeAlias = dict[str, Float[Array, "batch _"]]
ValueAndGrad: TypeAlias = Callable[..., tuple[Scalar, Params]]


class Kept(NamedTuple):
    """What the backward pass needs of one layer.

    Attributes:
        inputs: The layer's input, ``u_{l-1}``.
        slope_of: ``z_l`` or ``u_l``, whichever the slope is a formula of.
    """

    inputs: Float[Array, "batch n_in"]
    slope_of: Float[Array, "batch n_out"]


def value_and_grad(mlp: MLP) -> ValueAndGrad:
    """Return ``f(params, x, y) -> (loss, grads)``, a drop-in for ``jax.value_and_grad(mlp.loss)``.

    ``f`` also takes what ``mlp.loss`` takes besides: row ``weights``, and ``precision=`` and
    ``compute=``, which hold for the backward pass too; and the ``scale=`` of the deltas.
    """

    def loss_and_gradients(
        params: Params,
        x: ArrayLike,
        y: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        precision: Precision = None,
        compute: DTypeLike | None = None,
        scale: Scalar | None = None,
    ) -> tuple[Scalar, Params]:
        loss, grads, _ = backpropagate(
            mlp, params, x, y, weights, precision=precision, compute=compute, scale=scale
        )
        return loss, grads

    return loss_and_gradients


def grad_and_deltas(mlp: MLP) -> Callable[..., tuple[Params, Deltas]]:
    """Return ``f(params, x, y) -> (grads, deltas)``, the form that names its intermediates."""

    def gradients_and_deltas(
        params: Params,
        x: ArrayLike,
        y: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        precision: Precision = None,
        compute: DTypeLike | None = None,
    ) -> tuple[Params, Deltas]:
        return backpropagate(mlp, params, x, y, weights, precision=precision, compute=compute)[1:]

    return gradients_and_deltas


def deltas(
    mlp: MLP,
    params: Params,
    x: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    precision: Precision = None,
    compute: DTypeLike | None = None,
) -> Deltas:
    """Return every delta by name: ``{"z1": dJ/dz_1, ..., "zL": dJ/dz_L}``, [batch, n_out] each."""
    return backpropagate(mlp, params, x, y, weights, precision=precision, compute=compute)[2]


@singledispatch  # manual_backprop.scanned has it for scanned networks
def backpropagate(
    mlp: MLP,
    params: Params,
    x: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    precision: Precision = None,
    compute: DTypeLike | None = None,
    scale: Scalar | None = None,
) -> tuple[Scalar, Params, Deltas]:
    """Return the loss, the gradients of the parameters, and every delta.

    Args:
        mlp: The network.
        params: Its parameters.
        x: Inputs [batch, n_in].
        y: Targets, as ``MLP.loss`` takes them.
        weights: A weight a row, as ``MLP.loss`` takes them.
        precision: Of all matrix products, forward and backward.
        compute: Dtype that all layers compute in, forward and backward. The loss, the output
            delta and the gradients are in the parameters' own.
        scale: Multiplies every delta and is taken out of the gradients: by linearity it changes
            nothing on paper, and keeps small deltas from vanishing in float16.
    """
    x, layers = in_dtype(compute, (mlp.checked_inputs(params, x), params))
    u, kept = forward_keeping(mlp, layers, x, precision)
    loss, pulled = at_the_output(mlp, params, u, y, weights, compute=compute, scale=scale)

    named: Deltas = {}
    grads: list[Dense] = []
    for number in range(mlp.depth, 0, -1):
        layer, memory = params[number - 1], kept[number - 1]
        slope = slopes[mlp.layer_activations[number - 1]]
        delta = pulled * slope.formula(memory.slope_of)  # BP1 at the output, BP2 below it
        named[f"z{number}"] = delta
        gradient = dense.gradients(memory.inputs, delta, precision)
        gradient, delta = in_turn(gradient, delta)
        grads.append(finished(gradient, layer, mlp.l2, compute=compute, scale=scale))
        if number > 1:  # the input's own gradient is nobody's: one product saved
            pulled = dense.pull_back(layers[number - 1], delta, precision)
    return loss, tuple(reversed(grads)), dict(reversed(named.items()))


def at_the_output(
    mlp: MLP,
    params: Params,
    u: Float[Array, "batch n_out"],
    y: ArrayLike,
    weights: ArrayLike | None,
    *,
    compute: DTypeLike | None,
    scale: Scalar | None,
) -> tuple[Scalar, Float[Array, "batch n_out"]]:
    """Return the loss, and what comes back from it: ``dJ/du_L``, scaled, to compute with."""
    u = u if compute is None else u.astype(params[-1].weight.dtype)
    t = targets.encode(mlp.loss_name, y, u)
    shares = row_shares(weights, u)
    loss = mlp.objective(params, u, t, shares)
    pulled = output_deltas[mlp.loss_name](u, t, shares)
    return loss, in_dtype(compute, pulled if scale is None else scale.astype(pulled.dtype) * pulled)


def forward_keeping(
    mlp: MLP, params: Params, x: Float[Array, "batch n_in"], precision: Precision
) -> tuple[Float[Array, "batch n_out"], list[Kept]]:
    """Run the network as ``MLP.apply`` does, keeping what the backward pass needs."""
    u, kept = x, []
    for layer, activation in zip(params, mlp.layer_activations, strict=True):
        z = dense_forward(layer, u, precision)
        inputs, u = u, activations[activation](z)
        kept.append(Kept(inputs, z if slopes[activation].kept == "z" else u))
    return u, kept


def finished(
    gradient: Dense,
    layer: Dense,
    l2: float,
    *,
    compute: DTypeLike | None,
    scale: Scalar | None,
) -> Dense:
    """Return a layer's gradient as it is handed back: unscaled, penalised, in its own dtype."""
    return _as_params(_with_penalty(_unscaled(gradient, layer, compute, scale), layer, l2), layer)


def _with_penalty(gradient: Dense, layer: Dense, l2: float) -> Dense:
    """Add the penalty's share, ``l2 W`` (BP5); biases are not penalised."""
    if not l2:
        return gradient
    return gradient._replace(weight=gradient.weight + l2 * layer.weight)


def _unscaled(
    gradient: Dense, layer: Dense, compute: DTypeLike | None, scale: Scalar | None
) -> Dense:
    """Leave the dtype of computing, where there is one, and take the scale out again."""
    gradient = gradient if compute is None else _as_params(gradient, layer)
    if scale is None:
        return gradient
    return Dense(*(g / scale.astype(g.dtype) for g in gradient))


def _as_params(gradient: Dense, layer: Dense) -> Dense:
    """Give a gradient its parameter's dtype, where the data has a wider one."""
    return Dense(*(g.astype(p.dtype) for g, p in zip(gradient, layer, strict=True)))
