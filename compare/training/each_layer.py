"""The layers of a network one after the other, whether they lie apart or in a stack.

A stack is gone through in one scan, and asked in one vmap: the program is as long at any depth.
"""

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from functional_nn import MLP, Dense, Params, Scalar, Stack

#: ``(activation, layer, u) -> (u of the layer, two numbers of it)``
See: TypeAlias = Callable[[str, Dense, Array], tuple[Array, tuple[Scalar, Scalar]]]
Numbers: TypeAlias = Float[Array, " layers"]


def each(number: Callable[..., Scalar], *trees: Params) -> Numbers:
    """Return a number a layer, of the layer's part of each tree."""
    if not isinstance(trees[0], Stack):
        return jnp.stack([number(*parts) for parts in zip(*trees, strict=True)])
    first, hidden, last = zip(*trees, strict=True)
    return jnp.concatenate([number(*first)[None], jax.vmap(number)(*hidden), number(*last)[None]])


def through(
    mlp: MLP, params: Params, x: Float[Array, "rows n_in"], see: See
) -> tuple[Float[Array, "rows n_out"], tuple[Numbers, Numbers]]:
    """Return the network's output, and what was seen of each layer on the way."""
    names = mlp.layer_activations
    if not isinstance(params, Stack):
        u, seen = x, []
        for name, layer in zip(names, params, strict=True):
            u, numbers = see(name, layer, u)
            seen.append(numbers)
        dead, saturated = (jnp.stack(column) for column in zip(*seen, strict=True))
        return u, (dead, saturated)
    u, first = see(names[0], params.first, x)
    u, hidden = lax.scan(lambda u, layer: see(names[1], layer, u), u, params.hidden)
    u, last = see(names[-1], params.last, u)
    dead, saturated = (
        jnp.concatenate([a[None], rows, z[None]])
        for a, rows, z in zip(first, hidden, last, strict=True)
    )
    return u, (dead, saturated)
