"""Parameters of a network whose equal hidden layers lie in one stack, and how a stack is cut."""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from functional_nn.dense import Dense, Params


class Stack(NamedTuple):
    """Parameters of a scanned network, or their gradients.

    Attributes:
        first: From the input to the first hidden layer.
        hidden: From each hidden layer to the next: weights [layers, n, n], biases [layers, n].
        last: From the last hidden layer to the output.
    """

    first: Dense
    hidden: Dense
    last: Dense


class Segments(NamedTuple):
    """How hidden layers are cut where a segment's input is all that is kept of it.

    Attributes:
        length: Layers of a segment.
        number: Segments of that length.
        rest: Layers left over, a shorter segment of their own.
    """

    length: int
    number: int
    rest: int


def stack(params: Params) -> Stack:
    """Return parameters with those of the equal hidden layers in one stack."""
    first, *hidden, last = params
    return Stack(first, Dense(*(jnp.stack(leaves) for leaves in zip(*hidden, strict=True))), last)


def unstack(params: Params) -> Params:
    """Return one ``Dense`` a layer, whether the parameters are stacked or not."""
    if not isinstance(params, Stack):
        return params
    layers = (layer_at(place, params.hidden) for place in range(len(params.hidden.bias)))
    return params.first, *layers, params.last


def layer_at(place: Int[Array, ""] | int, layers: Dense) -> Dense:
    """Return one layer of a stack; one program for all places."""
    return Dense(*(lax.dynamic_index_in_dim(leaf, place, keepdims=False) for leaf in layers))


def segments_of(layers: int) -> Segments:
    """Return about √layers segments of about √layers layers.

    Nothing is left over where layers can be shared out evenly for at most a quarter more to keep:
    a shorter segment is a second program.
    """
    root = math.isqrt(layers)
    for length in range(root, 0, -1):
        number, rest = divmod(layers, length)
        if not rest and length + number <= 2.5 * math.sqrt(layers):
            return Segments(length, number, 0)
    return Segments(root, *divmod(layers, root))


def in_segments(layers: Dense) -> tuple[Dense, Dense | None]:
    """Return layers as segments of equal length, and those left over, if any."""
    length, number, rest = segments_of(len(layers.bias))

    def cut(leaf: Float[Array, "layers ..."]) -> Float[Array, "number length ..."]:
        return leaf[: number * length].reshape(number, length, *leaf.shape[1:])

    whole = Dense(*map(cut, layers))
    return whole, Dense(*(leaf[-rest:] for leaf in layers)) if rest else None
