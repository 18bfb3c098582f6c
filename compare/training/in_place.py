"""Parameters that are overwritten where they lie, instead of copied at every step.

A compiled loop keeps a parameter in one buffer, and XLA writes the next value there if nobody can
still read the old one. δ_l W_lᵀ reads W_l, and nothing says that it comes before the update of W_l,
which needs dJ/dW_l only: so XLA copies W_l first, at each step. dJ/db_{l-1} is made of that
product. An update that waits for it lets the copy go. An optimization barrier does not: XLA takes
barriers away before it looks for copies.
"""

import jax
from jaxtyping import Array

from functional_nn.dense import Dense, Params


def after_last_use(updates: Params, grads: Params) -> Params:
    """Return the updates, each made to wait until its layer's weights are read no more.

    Args:
        updates: What is added to the parameters.
        grads: Gradients, from the first layer to the last, of the same backward pass.
    """
    layers, tree = jax.tree.flatten(updates, is_leaf=_is_layer)
    below = jax.tree.leaves(grads, is_leaf=_is_layer)[:-1]
    waiting = [
        _after(layer, zero_of(before.bias)) for before, layer in zip(below, layers[1:], strict=True)
    ]
    waited: Params = jax.tree.unflatten(tree, layers[:1] + waiting)
    return waited


def zero_of(array: Array) -> Array:
    """Return a 0 that cannot be had before the array: a product with 0.0 is not simplified."""
    return 0.0 * (array[(0,) * array.ndim] > 0).astype(array.dtype)


def _after(layer: Dense, zero: Array) -> Dense:
    return Dense(*(update + zero.astype(update.dtype) for update in layer))


def _is_layer(tree: object) -> bool:
    return isinstance(tree, Dense)
