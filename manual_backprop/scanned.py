"""Backpropagation through a ``ScannedMLP``: the delta recursion as a scan from above.

All hidden layers are alike, so each asks the same of the layer below it: its output ``u_{l-1}``,
which is this layer's input, and what that layer's slope is a formula of. A step of the scan is

dJ/dW_l = u_{l-1}ᵀ δ_l + l2 W_l            (BP4, BP5)
dJ/db_l = Σ_batch δ_l                      (BP3)
δ_{l-1} = (δ_l W_lᵀ) ∘ g'(z_{l-1})         (BP2)

and each ``u`` is kept once. With ``recompute`` only the inputs of about √L segments are kept; a
segment's own values are computed again when the deltas arrive at it, and forgotten after it.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias, TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike, DTypeLike
from jaxtyping import Array, Float, Int

from functional_nn.activations import activations
from functional_nn.arrays import Precision, Scalar
from functional_nn.dense import Dense
from functional_nn.dense import forward as dense_forward
from functional_nn.mlp import in_dtype
from functional_nn.scanned import ScannedMLP
from functional_nn.stacked import Stack, layer_at, segments_of
from manual_backprop import dense
from manual_backprop.activations import slopes
from manual_backprop.mlp import Deltas, at_the_output, backpropagate, finished
from manual_backprop.products import in_turn

T = TypeVar("T")

Delta: TypeAlias = Float[Array, "batch n"]
#: What a layer leaves for the one above: ``u``, and ``z`` too where the slope is a formula of it.
Below: TypeAlias = tuple[Array, ...]
#: ``(layer, below) -> above``
Up: TypeAlias = Callable[[Dense, Below], Below]
#: ``(layer, below, its delta) -> (delta below, gradients)``
Down: TypeAlias = Callable[[Dense, Below, Delta], tuple[Delta, Dense]]
Whole: TypeAlias = Int[Array, ""] | int


class Inputs(NamedTuple):
    """What is kept with ``recompute``: what came into each segment, and into the rest."""

    whole: Below
    rest: Below


@backpropagate.register
def _(
    mlp: ScannedMLP,
    params: Stack,
    x: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    precision: Precision = None,
    compute: DTypeLike | None = None,
    scale: Scalar | None = None,
) -> tuple[Scalar, Stack, Deltas]:
    """Return the loss, the gradients, and the deltas outside the scan, ``z1`` and ``zL``."""
    slope, slope_out = slopes[mlp.activations[0]], slopes[mlp.output]

    def forward(
        layer: Dense, u: Float[Array, "batch n_in"], activation: str
    ) -> tuple[Float[Array, "batch n_out"], ...]:
        z = dense_forward(in_dtype(compute, layer), u, precision)
        u = activations[activation](z)
        return (u, z) if slopes[activation].kept == "z" else (u,)

    def gradients(layer: Dense, u: Float[Array, "batch n_in"], delta: Array) -> tuple[Array, Dense]:
        gradient = dense.gradients(u, delta, precision)
        gradient, delta = in_turn(gradient, delta)
        return delta, finished(gradient, layer, mlp.l2, compute=compute, scale=scale)

    def up(layer: Dense, below: Below) -> Below:
        return forward(layer, below[0], mlp.activations[0])

    def down(layer: Dense, below: Below, delta: Array) -> tuple[Delta, Dense]:
        delta, gradient = gradients(layer, below[0], delta)
        pulled = dense.pull_back(in_dtype(compute, layer), delta, precision)
        return pulled * slope.formula(below[-1]), gradient  # BP2

    first, hidden, last = params
    x = in_dtype(compute, mlp.checked_inputs(params, x))
    below = forward(first, x, mlp.activations[0])
    if mlp.recompute:
        top, inputs = _up_in_segments(up, hidden, below)
    else:
        top, kept = _up(up, hidden, below)
    above = forward(last, top[0], mlp.output)
    loss, pulled = at_the_output(mlp, params, above[0], y, weights, compute=compute, scale=scale)

    delta_out = pulled * slope_out.formula(above[-1])  # BP1
    delta, of_last = down(last, top, delta_out)
    if mlp.recompute:
        delta, of_hidden = _down_in_segments(up, down, hidden, inputs, delta)
    else:
        delta, of_hidden = _down(down, hidden, kept, delta)
    _, of_first = gradients(first, x, delta)
    named = {"z1": delta, f"z{mlp.depth}": delta_out}
    return loss, Stack(of_first, of_hidden, of_last), named


def _up(up: Up, layers: Dense, below: Below) -> tuple[Below, Below]:
    """Return what the last layer leaves, and what came into each of them."""
    return lax.scan(lambda below, layer: (up(layer, below), below), below, layers)


def _down(down: Down, layers: Dense, kept: Below, delta: Delta) -> tuple[Delta, Dense]:
    """Return the delta below the first layer, and the gradients of all."""
    return lax.scan(lambda delta, row: down(*row, delta), delta, (layers, kept), reverse=True)


def _up_in_segments(up: Up, layers: Dense, below: Below) -> tuple[Below, Inputs]:
    """Return what the last layer leaves, and what came into each segment."""
    length, number, rest = segments_of(len(layers.bias))

    def segment(below: Below, start: Whole, count: int) -> Below:
        def one(below: Below, place: Whole) -> tuple[Below, None]:
            return up(layer_at(place, layers), below), None

        return lax.scan(one, below, start + jnp.arange(count))[0]

    starts = length * jnp.arange(number)
    top, whole = lax.scan(
        lambda below, start: (segment(below, start, length), below), below, starts
    )
    above = segment(top, number * length, rest) if rest else top
    return above, Inputs(whole, top)


def _down_in_segments(
    up: Up, down: Down, layers: Dense, inputs: Inputs, delta: Delta
) -> tuple[Delta, Dense]:
    """Return the delta below the first layer, and the gradients of all.

    Gradients are written where they belong, layer by layer: stacked by segments they would have
    to be put together again, in as much memory as all of them take.
    """
    length, number, rest = segments_of(len(layers.bias))
    Carry: TypeAlias = tuple[Delta, Dense]

    def segment(carry: Carry, start: Whole, below: Below, count: int) -> Carry:
        def again(below: Below, place: Whole) -> tuple[Below, Below]:
            return up(layer_at(place, layers), below), below

        def one(carry: Carry, row: tuple[Whole, Below]) -> tuple[Carry, None]:
            (delta, grads), (place, below) = carry, row
            delta, gradient = down(layer_at(place, layers), below, delta)
            return (delta, _written(grads, gradient, place)), None

        places = start + jnp.arange(count)
        _, kept = lax.scan(again, below, places)
        return lax.scan(one, carry, (places, kept), reverse=True)[0]

    carry = delta, jax.tree.map(jnp.zeros_like, layers)
    if rest:
        carry = segment(carry, number * length, inputs.rest, rest)
    starts = length * jnp.arange(number)
    carry, _ = lax.scan(
        lambda carry, row: (segment(carry, *row, length), None),
        carry,
        (starts, inputs.whole),
        reverse=True,
    )
    return carry


def _written(stacked: Dense, layer: Dense, place: Whole) -> Dense:
    """Return a stack with one layer replaced."""
    pairs = zip(stacked, layer, strict=True)
    return Dense(*(lax.dynamic_update_index_in_dim(s, one, place, 0) for s, one in pairs))
