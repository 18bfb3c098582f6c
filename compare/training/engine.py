"""The compiled run: whole epochs on the device, for any gradient and any optimizer.

    run    until the epoch asked for, or a loss or parameter that is not finite,
           or patience is at its end:
        epoch    shuffle, then scan over the batches:
            step     gradient, update
        measure, record, remember the best

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
from compare.training.epoch import Records, one_epoch, record
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, Step, copied, make_step
from functional_nn import RandomKey, Scalar

T = TypeVar("T")


class Best(NamedTuple):
    """The epoch with the lowest validation loss, and the state after it."""

    epoch: Int32[Array, ""]
    loss: Scalar
    state: State


class Run(NamedTuple):
    """Where a run stands; donated to the program, which returns the next one.

    Attributes:
        epoch: Epochs completed.
        state: After them.
        best: Kept for early stopping; None without.
        records: Of each epoch.
        finite: Whether the last epoch tried stayed finite; if not, it is not counted and
            ``state`` is the one it began with.
        patient: Whether patience lasts.
    """

    epoch: Int32[Array, ""]
    state: State
    best: Best | None
    records: Records
    finite: Bool[Array, ""]
    patient: Bool[Array, ""]


#: How many epochs shall be done.
Epochs: TypeAlias = Int32[Array, ""] | np.int32

Program: TypeAlias = Callable[[Run, Data, RandomKey, Epochs], Run]


@lru_cache(maxsize=16)
def compiled(plan: Plan) -> Program:
    """Return ``program(run, data, key, until)``, which goes on until so many epochs are done.

    It compiles at the first call, once; the same for equal plans and shapes.
    """

    def program(run: Run, data: Data, key: RandomKey, until: Epochs) -> Run:
        step = make_step(plan)

        def unfinished(run: Run) -> Bool[Array, ""]:
            return (run.epoch < until) & run.finite & run.patient

        return lax.while_loop(unfinished, lambda run: _next(plan, step, run, data, key), run)

    return jax.jit(program, donate_argnums=0)


def begin(plan: Plan, state: State, data: Data, epochs: int) -> Run:
    """Return a run with nothing done yet and room for the records of so many epochs."""
    dtype = at_least_float32(data.train.x.dtype)

    def column(*shape: int) -> Float[Array, "..."]:
        return jnp.full(shape, jnp.nan, dtype)

    numbers = column(epochs), column(epochs), column(epochs), column(epochs)
    records = Records(*numbers, column(epochs, plan.mlp.depth))
    best = Best(jnp.int32(0), jnp.full((), jnp.inf, dtype), copied(state))
    return Run(
        epoch=jnp.int32(0),
        state=state,
        best=None if plan.patience is None else best,
        records=records,
        finite=jnp.bool_(True),
        patient=jnp.bool_(True),
    )


def _next(plan: Plan, step: Step, run: Run, data: Data, key: RandomKey) -> Run:
    """Run one epoch; if it does not stay finite, hand back the state it began with."""
    picks = batches(epoch_key(key, run.epoch), len(data.train.x), plan.batch_size)
    after, losses, grads = one_epoch(step, run.state, data.train, picks)
    finite = all_finite((losses, after.params))
    row = record(plan, after.params, data, losses, grads)
    epoch = run.epoch + finite.astype(jnp.int32)
    best = _better(plan, run.best, Best(epoch, row.validation_loss, after), finite)
    return Run(
        epoch=epoch,
        state=_where(finite, after, run.state),
        best=best,
        records=jax.tree.map(lambda column, new: column.at[run.epoch].set(new), run.records, row),
        finite=finite,
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
