"""Two engines in one scan, on the same batches, compared after every step."""

from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int32

from compare.training.compiling import jitted
from compare.training.data import Rows
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, make_step
from functional_nn import RandomKey


def picks_of(
    key: RandomKey, rows: int, batch_size: int, steps: int
) -> Int32[Array, "steps batch_size"]:
    """Return the rows of so many steps, epoch after epoch."""
    epochs = range(-(-steps // (rows // batch_size)))
    picks = [batches(epoch_key(key, jnp.int32(epoch)), rows, batch_size) for epoch in epochs]
    return jnp.concatenate(picks)[:steps]


def walk(
    plan: Plan, state: State, train: Rows, picks: Int32[Array, "steps batch"]
) -> tuple[Array, Array, Array]:
    """Return both losses and the differences of all steps."""
    manual, autodiff = make_step(plan), make_step(replace(plan, gradient="autodiff"))

    def body(
        both: tuple[State, State], pick: Int32[Array, " batch"]
    ) -> tuple[tuple[State, State], tuple[Array, Array, Array]]:
        batch = train.batch(pick)
        by_hand, by_jax = manual(both[0], *batch), autodiff(both[1], *batch)
        pairs = zip(*map(jax.tree.leaves, (by_hand.state.params, by_jax.state.params)), strict=True)
        difference = jnp.stack([_relative(a, b) for a, b in pairs])
        return (by_hand.state, by_jax.state), (by_hand.loss, by_jax.loss, difference)

    return jitted(lambda state: lax.scan(body, (state, state), picks)[1])(state)


def _relative(a: Float[Array, "..."], b: Float[Array, "..."]) -> Float[Array, ""]:
    """Return the largest difference of an element over the largest element."""
    apart = jnp.max(jnp.abs(a - b))
    largest = jnp.maximum(jnp.max(jnp.abs(a)), jnp.max(jnp.abs(b)))
    return jnp.where(apart == 0, apart, apart / largest)
