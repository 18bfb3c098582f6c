"""The compiled run: whole epochs on the device, for any gradient and any optimizer.

    run    until the epoch and part asked for, or a loss or parameter that is not finite,
           or patience is at its end:
        part     shuffle, then scan over so many batches; a short epoch is one part:
            step     gradient, update
        after an epoch: measure, record, remember the best

Nothing in a step serves the record but its loss and the last gradient, which is there anyway.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int32

from compare.training.compiling import jitted
from compare.training.contexts import at_least_float32
from compare.training.data import Data, Rows
from compare.training.epoch import Records, Seen, Walked, probe_of, record, steps_over
from compare.training.parts import Parts
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, Step, all_finite, copied, make_step
from functional_nn import RandomKey, Scalar

T = TypeVar("T")

NO_PART = np.int32(0)
ROOM = 256  # epochs whose records the device keeps; a call runs no more than that


class Best(NamedTuple):
    """The epoch with the lowest validation loss, and the state after it."""

    epoch: Int32[Array, ""]
    loss: Scalar
    state: State


class Run(NamedTuple):
    """Where a run stands; donated to the program, which returns the next one.

    Attributes:
        epoch: Epochs completed.
        step: Steps done in the epoch under way.
        losses: Theirs, where an epoch has several parts; empty where it has one.
        state: After them.
        best: Kept for early stopping; None without.
        records: Of the last epochs, epoch e in row (e - 1) modulo the rows.
        finite: Whether the last part tried stayed finite; if not, it is not counted and
            ``state`` is the one it began with.
        patient: Whether patience lasts.
    """

    epoch: Int32[Array, ""]
    step: Int32[Array, ""]
    losses: Float[Array, " steps"]
    state: State
    best: Best | None
    records: Records
    finite: Bool[Array, ""]
    patient: Bool[Array, ""]


#: A whole number, on the device or not.
Number: TypeAlias = Int32[Array, ""] | np.int32

Program: TypeAlias = Callable[..., Run]


@lru_cache(maxsize=16)
def compiled(plan: Plan) -> Program:
    """Return ``program(run, data, key, until, part)``.

    It goes on until so many epochs are done, and so many parts of the next. It compiles at the
    first call, once; the same for equal plans and shapes.
    """

    def program(run: Run, data: Data, key: RandomKey, until: Number, part: Number = NO_PART) -> Run:
        step = make_step(plan)
        parts = plan.parts(len(data.train.x) // plan.batch_size)

        def unfinished(run: Run) -> Bool[Array, ""]:
            early = run.epoch < until
            if parts.number > 1:
                early |= (run.epoch == until) & (run.step < part * parts.size)
            return early & run.finite & run.patient

        def one_part(run: Run) -> Run:
            picks = batches(epoch_key(key, run.epoch), len(data.train.x), plan.batch_size)
            walked = _walk(step, parts, run, data.train, picks)
            return after_steps(plan, run, walked, Seen(probe_of(data.train), data.validation))

        return lax.while_loop(unfinished, one_part, run)

    return jitted(program, donate_argnums=0)


def begin(plan: Plan, state: State, data: Data, room: int = ROOM) -> Run:
    """Return a run with nothing done yet and room for the records of its last so many epochs."""
    return blank(plan, state, data.train.x.dtype, len(data.train.x) // plan.batch_size, room)


def blank(plan: Plan, state: State, dtype: np.dtype[Any], steps: int, room: int = ROOM) -> Run:
    """Return a run with nothing done yet, on data of this dtype, so many steps an epoch."""
    dtype = at_least_float32(dtype)

    def column(*shape: int) -> Float[Array, "..."]:
        return jnp.full(shape, jnp.nan, dtype)

    numbers = [column(room) for _ in range(4)]
    layers = [column(room, plan.mlp.depth) for _ in range(4)]
    best = Best(jnp.int32(0), jnp.full((), jnp.inf, dtype), copied(state))
    return Run(
        epoch=jnp.int32(0),
        step=jnp.int32(0),
        losses=jnp.zeros(plan.parts(steps).room, dtype),
        state=state,
        best=None if plan.patience is None else best,
        records=Records(*numbers, *layers),
        finite=jnp.bool_(True),
        patient=jnp.bool_(True),
    )


def _walk(
    step: Step, parts: Parts, run: Run, train: Rows, picks: Int32[Array, "steps batch"]
) -> Walked:
    """Run the next part of an epoch."""
    if parts.number == 1:
        return steps_over(step, run.state, train.batch, picks, ends=jnp.bool_(True))

    def part(count: int, ends: bool) -> Walked:
        some = lax.dynamic_slice_in_dim(picks, run.step, count)
        walked = steps_over(step, run.state, train.batch, some, ends=jnp.bool_(ends))
        return walked._replace(losses=jnp.pad(walked.losses, (0, parts.size - count)))

    last = run.step == (parts.number - 1) * parts.size
    return lax.cond(last, lambda: part(parts.last, True), lambda: part(parts.size, False))


def after_steps(plan: Plan, run: Run, walked: Walked, seen: Seen) -> Run:
    """Return where a run stands after some steps.

    Args:
        plan: Of the run.
        run: Before them.
        walked: What they brought.
        seen: What an epoch is judged by.
    """
    finite = all_finite((walked.losses, walked.state.params))
    losses, step = walked.losses.astype(run.losses.dtype), run.step + walked.done
    if len(run.losses):
        losses = lax.dynamic_update_slice_in_dim(run.losses, losses, run.step, 0)
    mean = jnp.sum(losses) / step.astype(losses.dtype)
    run = run._replace(
        step=jnp.where(finite, step, run.step),
        losses=losses if len(run.losses) else run.losses,
        state=_where(finite, walked.state, run.state),
        finite=finite,
    )
    return lax.cond(
        finite & walked.ends, lambda: _epoch_done(plan, run, walked, seen, mean), lambda: run
    )


def _epoch_done(plan: Plan, run: Run, walked: Walked, seen: Seen, loss: Scalar) -> Run:
    """Measure, record, remember the best."""
    row = record(plan, walked, seen, loss)
    place = run.epoch % len(run.records.loss)
    epoch = run.epoch + 1
    best = _better(plan, run.best, Best(epoch, row.validation_loss, run.state))
    return run._replace(
        epoch=epoch,
        step=jnp.zeros_like(run.step),
        losses=jnp.zeros_like(run.losses),
        best=best,
        records=jax.tree.map(lambda rows, new: rows.at[place].set(new), run.records, row),
        patient=_patient(plan, epoch, best),
    )


def _better(plan: Plan, best: Best | None, new: Best) -> Best | None:
    """Return the better of two epochs; the earlier one unless the new one is clearly better."""
    if best is None:
        return None
    return _where(new.loss < best.loss - plan.min_delta, new, best)


def _patient(plan: Plan, epoch: Int32[Array, ""], best: Best | None) -> Bool[Array, ""]:
    if best is None or plan.patience is None:
        return jnp.bool_(True)
    return epoch - best.epoch < plan.patience


def _where(condition: Bool[Array, ""], yes: T, no: T) -> T:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), yes, no)
