"""Gradient descent on all rows at once, with the hand-derived gradient, leaving its path behind.

``compare.train`` is for training. This is for watching: pure, so that many starts or learning
rates go down side by side under ``jax.vmap``.
"""

from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jaxtyping import Array, Float

from compare.training.contexts import relaxed_promotion
from functional_nn import MLP, Params, RandomKey, Scalar
from manual_backprop import value_and_grad

#: Parameters, and what the optimizer remembers.
Carry: TypeAlias = tuple[Params, optax.OptState]


class Descent(NamedTuple):
    """Where it went.

    Attributes:
        params: At the end.
        losses: Before each step.
        path: Parameters at the beginning and after every so many steps, stacked.
    """

    params: Params
    losses: Float[Array, " steps"]
    path: Params


def descend(
    mlp: MLP,
    optimizer: optax.GradientTransformation,
    params: Params,
    x: Array,
    y: Array,
    steps: int,
    every: int | None = None,
) -> Descent:
    """Take so many steps.

    Args:
        mlp: The network.
        optimizer: Any optax transformation; its learning rate may be traced.
        params: Where to begin.
        x: Inputs [rows, n_in].
        y: Targets, as ``mlp.loss`` takes them.
        steps: How many; a multiple of ``every``.
        every: Steps between two points of the path; all of them if None.
    """
    gradient = value_and_grad(mlp)
    every = every or steps

    def step(carry: Carry, _: None) -> tuple[Carry, Scalar]:
        params, state = carry
        loss, grads = gradient(params, x, y)
        with relaxed_promotion():
            updates, state = optimizer.update(grads, state, params)
            moved = optax.apply_updates(params, updates)
        return (moved, state), loss

    def stretch(carry: Carry, _: None) -> tuple[Carry, tuple[Array, Params]]:
        carry, losses = lax.scan(step, carry, None, length=every)
        return carry, (losses, carry[0])

    with relaxed_promotion():
        begun = (params, optimizer.init(params))
    (last, _), (losses, passed) = lax.scan(stretch, begun, None, length=steps // every)
    path = jax.tree.map(lambda first, then: jnp.concatenate([first[None], then]), params, passed)
    return Descent(last, losses.reshape(-1), path)


def starts(mlp: MLP, seed: int, count: int) -> Params:
    """Return the parameters of so many initialisations, stacked."""
    return jax.jit(jax.vmap(mlp.init))(jax.random.split(key(seed, 0), count))


def one(stacked: Params, position: int) -> Params:
    """Return one of stacked parameters."""
    return jax.tree.map(lambda leaf: jnp.asarray(np.asarray(leaf)[position]), stacked)


def key(seed: int, purpose: int) -> RandomKey:
    """Return a key of its own for each purpose.

    Of XLA's own generator: it compiles in a quarter of the time that JAX's default takes, and what
    the gallery does is mostly compiling.
    """
    return jax.random.fold_in(jax.random.key(seed, impl="rbg"), purpose)
