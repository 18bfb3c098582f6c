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

from compare.training.contexts import at_least_float32
from compare.training.data import Data
from compare.training.epoch import Records, Seen, Walked, probe_of, record, steps_over
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, Step, copied, make_step
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
        total: Sum of their losses.
        state: After them.
        best: Kept for early stopping; None without.
        records: Of the last epochs, epoch e in row (e - 1) modulo the rows.
        finite: Whether the last part tried stayed finite; if not, it is not counted and
            ``state`` is the one it began with.
        patient: Whether patience lasts.
    """

    epoch: Int32[Array, ""]
    step: Int32[Array, ""]
    total: Scalar
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
            if parts.number == 1:
                return _next(plan, step, run, data, key, parts.last, ends=True)
            return lax.cond(
                run.step < (parts.number - 1) * parts.size,
                lambda run: _next(plan, step, run, data, key, parts.size, ends=False),
                lambda run: _next(plan, step, run, data, key, parts.last, ends=True),
                run,
            )

        return lax.while_loop(unfinished, one_part, run)

    return jax.jit(program, donate_argnums=0)


def begin(plan: Plan, state: State, data: Data, room: int = ROOM) -> Run:
    """Return a run with nothing done yet and room for the records of its last so many epochs."""
    return blank(plan, state, data.train.x.dtype, room)


def blank(plan: Plan, state: State, dtype: np.dtype[Any], room: int = ROOM) -> Run:
    """Return a run with nothing done yet, on data of this dtype."""
    dtype = at_least_float32(dtype)

    def column(*shape: int) -> Float[Array, "..."]:
        return jnp.full(shape, jnp.nan, dtype)

    numbers = [column(room) for _ in range(4)]
    layers = [column(room, plan.mlp.depth) for _ in range(4)]
    best = Best(jnp.int32(0), jnp.full((), jnp.inf, dtype), copied(state))
    return Run(
        epoch=jnp.int32(0),
        step=jnp.int32(0),
        total=jnp.zeros((), dtype),
        state=state,
        best=None if plan.patience is None else best,
        records=Records(*numbers, *layers),
        finite=jnp.bool_(True),
        patient=jnp.bool_(True),
    )


def _next(
    plan: Plan, step: Step, run: Run, data: Data, key: RandomKey, count: int, *, ends: bool
) -> Run:
    """Run so many steps more; if they do not stay finite, hand back the state they began with."""
    picks = batches(epoch_key(key, run.epoch), len(data.train.x), plan.batch_size)
    if count < len(picks):
        picks = lax.dynamic_slice_in_dim(picks, run.step, count)
    walked = steps_over(step, run.state, data.train, picks)
    return after_steps(plan, run, walked, Seen(probe_of(data.train), data.validation), ends=ends)


def after_steps(plan: Plan, run: Run, walked: Walked, seen: Seen, *, ends: bool) -> Run:
    """Return where a run stands after some steps.

    Args:
        plan: Of the run.
        run: Before them.
        walked: What they brought.
        seen: What an epoch is judged by.
        ends: Whether they are the last of their epoch.
    """
    finite = all_finite((walked.losses, walked.state.params))
    step = run.step + len(walked.losses)
    total = run.total + jnp.sum(walked.losses, dtype=run.total.dtype)
    run = run._replace(state=_where(finite, walked.state, run.state), finite=finite)
    if ends:
        return _epoch_done(plan, run, walked, seen, total / step.astype(total.dtype))
    return run._replace(
        step=jnp.where(finite, step, run.step), total=jnp.where(finite, total, run.total)
    )


def _epoch_done(plan: Plan, run: Run, walked: Walked, seen: Seen, loss: Scalar) -> Run:
    """Measure, record, remember the best; an epoch that did not stay finite is not counted."""
    row = record(plan, walked, seen, loss)
    place = run.epoch % len(run.records.loss)
    epoch = run.epoch + run.finite.astype(jnp.int32)
    best = _better(plan, run.best, Best(epoch, row.validation_loss, walked.state), run.finite)
    return run._replace(
        epoch=epoch,
        step=jnp.where(run.finite, jnp.zeros_like(run.step), run.step),
        total=jnp.where(run.finite, jnp.zeros_like(run.total), run.total),
        best=best,
        records=jax.tree.map(lambda rows, new: rows.at[place].set(new), run.records, row),
        patient=_patient(plan, epoch, best),
    )


def _better(plan: Plan, best: Best | None, new: Best, finite: Bool[Array, ""]) -> Best | None:
    """Return the better of two epochs; the earlier one unless the new one is clearly better."""
    if best is None:
        return None
    return _where(finite & (new.loss < best.loss - plan.min_delta), new, best)


def _patient(plan: Plan, epoch: Int32[Array, ""], best: Best | None) -> Bool[Array, ""]:
    if best is None or plan.patience is None:
        return jnp.bool_(True)
    return epoch - best.epoch < plan.patience


def all_finite(tree: Any) -> Bool[Array, ""]:
    """Return whether every number in it is."""
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))


def _where(condition: Bool[Array, ""], yes: T, no: T) -> T:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), yes, no)
