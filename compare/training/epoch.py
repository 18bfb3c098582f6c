"""Steps of one epoch: a scan over its batches, and a row of the record at its end."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int32

from compare.training.contexts import at_least_float32, matmul_precision
from compare.training.data import Rows
from compare.training.layers import look_at
from compare.training.measure import Measured, measure
from compare.training.step import Plan, State, Step, make_update
from functional_nn import Params, Scalar, accuracy, targets

PROBE = 1024  # training rows, evenly spread, that an epoch's accuracy and units are looked at on


class Records(NamedTuple):
    """What is written down, a row an epoch."""

    loss: Float[Array, "..."]
    accuracy: Float[Array, "..."]
    validation_loss: Float[Array, "..."]
    validation_accuracy: Float[Array, "..."]
    gradient_norm: Float[Array, "... layers"]
    update_ratio: Float[Array, "... layers"]
    dead: Float[Array, "... layers"]
    saturated: Float[Array, "... layers"]


class Walked(NamedTuple):
    """What some steps have brought.

    Attributes:
        state: After them.
        losses: Of each; 0 behind them.
        done: How many they are.
        grads: Of the last.
        batch: The last one's rows.
        ends: Whether the epoch ends with them.
    """

    state: State
    losses: Float[Array, " steps"]
    done: Int32[Array, ""]
    grads: Params
    batch: Rows
    ends: Bool[Array, ""]


class Seen(NamedTuple):
    """What an epoch is judged by.

    Attributes:
        probe: Some of the rows to learn from.
        validation: Rows to judge by; None when there are none.
    """

    probe: Rows
    validation: Rows | None


def probe_of(train: Rows) -> Rows:
    """Return up to so many rows, evenly spread."""
    every = -(-len(train.x) // PROBE)
    return Rows(train.x[::every], train.y[::every])


def steps_over(
    step: Step, state: State, batch: Callable[[Any], Rows], places: Any, ends: Bool[Array, ""]
) -> Walked:
    """Scan over the batches.

    Args:
        step: One step.
        state: Before the first.
        batch: Returns the rows of a place.
        places: One for each step, along the leading axis.
        ends: Whether the epoch ends with them.
    """

    def body(carry: tuple[State, Params], place: Any) -> tuple[Any, Scalar]:
        stepped = step(carry[0], *batch(place))
        return (stepped.state, stepped.grads), stepped.loss

    nothing = jax.tree.map(jnp.zeros_like, state.params)
    (state, grads), losses = lax.scan(body, (state, nothing), places)
    last = batch(jax.tree.map(lambda each: each[-1], places))
    return Walked(state, losses, jnp.int32(len(losses)), grads, last, ends)


def record(plan: Plan, walked: Walked, seen: Seen, loss: Scalar) -> Records:
    """Measure what an epoch has brought.

    Args:
        plan: Of the run.
        walked: The last steps of the epoch.
        seen: What it is judged by.
        loss: Mean over its batches.
    """
    params, dtype = walked.state.params, at_least_float32(seen.probe.x.dtype)
    last = walked.losses[walked.done - 1]
    _, updates = make_update(plan)(walked.state, last, walked.grads, *walked.batch)
    with matmul_precision(plan.precision):
        layers = look_at(plan.mlp, params, walked.grads, updates, seen.probe.x)
        u = layers.output.astype(dtype)
        t = targets.encode(plan.mlp.loss_name, seen.probe.y, u)
        validation = Measured(*[jnp.full((), jnp.nan, dtype)] * 2)
        if seen.validation is not None:
            validation = measure(plan.mlp, params, seen.validation.x, seen.validation.y)
    return Records(
        loss=loss,
        accuracy=accuracy(u, t, plan.mlp.loss_name),
        validation_loss=validation.loss,
        validation_accuracy=validation.accuracy,
        gradient_norm=layers.gradient_norm,
        update_ratio=layers.update_ratio,
        dead=layers.dead,
        saturated=layers.saturated,
    )
