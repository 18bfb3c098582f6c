"""From call to call: how far a call runs, and what is looked at between two of them."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import jax
import numpy as np

from compare.training import together
from compare.training.data import Data
from compare.training.engine import Program, Run
from compare.training.history import History, joined, taken
from compare.training.step import Plan
from functional_nn import RandomKey

BEAT = 0.25  # seconds a call should take: often enough to be watched, seldom enough to cost nothing

MOST = 1_000_000  # parts of a call


@runtime_checkable
class Forward(Protocol):
    """Runs on."""

    def __call__(self, run: Run, beat: int, last: int) -> Run:
        """Return the run about so many parts further on, never past the end of epoch ``last``.

        With ``beat`` 0 it only compiles.
        """


class Standing(NamedTuple):
    """Where a run stands between two calls.

    Attributes:
        run: On the device.
        epoch: Epochs completed.
        history: What was written down, earlier sessions included.
        seconds: Spent running, likewise.
    """

    run: Run
    epoch: int
    history: History
    seconds: float


@runtime_checkable
class Looker(Protocol):
    """Looks at a run between two calls."""

    def next_epoch(self, epoch: int) -> int | None:
        """Return the next epoch after this one that it must see the end of; None: any will do."""

    def look(self, standing: Standing) -> bool:
        """Look; return whether the run shall go on."""


class Driven(NamedTuple):
    """How far a run was driven.

    Attributes:
        run: Where it stands.
        history: What it wrote down.
        seconds: Spent running.
        compile_seconds: Spent compiling.
    """

    run: Run
    history: History
    seconds: float
    compile_seconds: float

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return Standing(self.run, int(self.run.epoch), self.history, self.seconds)


def on_device(plan: Plan, program: Program, data: Data, key: RandomKey) -> Forward:
    """Return what runs on with all data on the device."""
    parts = plan.parts(len(data.train.x) // plan.batch_size)

    def forward(run: Run, beat: int, last: int) -> Run:
        done = int(run.epoch) * parts.number + int(run.step) // parts.size
        beat = min(beat, len(run.records.loss) * parts.number)
        until = divmod(min(done + beat, last * parts.number), parts.number) if beat else (0, 0)
        return program(run, data, key, *map(np.int32, until))

    return forward


def drive(
    forward: Forward,
    run: Run,
    epochs: int,
    *,
    lookers: Sequence[Looker] = (),
    interrupted: Callable[[], bool] = lambda: False,
    before: tuple[History, float] | None = None,
) -> Driven:
    """Run on until all epochs are done, or the run or somebody who looks stops it.

    Args:
        forward: Runs on. Its first call is for no part at all: it only compiles.
        run: Where to begin.
        epochs: To be done in all.
        lookers: Look after every call.
        interrupted: Says whether to stop.
        before: History and seconds of earlier sessions.
    """
    history, seconds = before or (taken(run.records, 0, 0), 0.0)
    begun = time.perf_counter()
    run = jax.block_until_ready(forward(run, 0, 0))
    compile_seconds = time.perf_counter() - begun
    beat, done, going = 1, int(run.epoch), True
    while (
        done < epochs
        and going
        and run.finite
        and run.patient
        and not together.any_of(interrupted())
    ):
        begun = time.perf_counter()
        with together.within_reach():
            run = jax.block_until_ready(forward(run, beat, _stop(lookers, done, epochs)))
        took = together.longest(time.perf_counter() - begun)
        before_call, done = done, int(run.epoch)
        history = joined([history, taken(run.records, before_call, done)])
        seconds = seconds + took
        beat = next_beat(beat, took)
        standing = Standing(run, done, history, seconds)
        answers = [looker.look(standing) for looker in lookers]
        going = not together.any_of(not all(answers))
    return Driven(run, history, seconds, compile_seconds)


def _stop(lookers: Sequence[Looker], done: int, epochs: int) -> int:
    """Return the last epoch that the next call may complete."""
    wanted = [looker.next_epoch(done) for looker in lookers]
    return min([epochs, *(epoch for epoch in wanted if epoch is not None)])


def next_beat(parts: int, seconds: float) -> int:
    """Return how many parts the next call should run, after one of so many took so long."""
    return max(1, min(10 * parts, MOST, round(parts * BEAT / max(seconds, 1e-9))))
