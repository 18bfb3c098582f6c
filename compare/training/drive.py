"""From call to call: how many epochs a call runs, and what is looked at between two of them."""

import time
from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np

from compare.training.data import Data
from compare.training.engine import Program, Run
from compare.training.history import history_of
from compare.training.progress import Watch
from functional_nn import RandomKey

BEAT = 0.25  # seconds a call should take: often enough to be watched, seldom enough to cost nothing


class Driven(NamedTuple):
    """How far a run was driven.

    Attributes:
        run: Where it stands.
        seconds: Spent running.
        compile_seconds: Spent compiling.
    """

    run: Run
    seconds: float
    compile_seconds: float


def drive(
    program: Program,
    run: Run,
    data: Data,
    key: RandomKey,
    epochs: int,
    *,
    watch: Watch | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Driven:
    """Run a program until all epochs are done, or it or the caller stops it.

    The first call asks for no epoch at all: it only compiles.
    """
    begun = time.perf_counter()
    run = jax.block_until_ready(program(run, data, key, np.int32(0)))
    compile_seconds = time.perf_counter() - begun
    seconds, done, beat = 0.0, 0, 1
    while done < epochs and run.finite and run.patient and not interrupted():
        begun = time.perf_counter()
        run = jax.block_until_ready(program(run, data, key, np.int32(min(epochs, done + beat))))
        took = time.perf_counter() - begun
        seconds, done, beat = seconds + took, int(run.epoch), next_beat(beat, took)
        if watch:
            watch(history_of(run.records, done))
    return Driven(run, seconds, compile_seconds)


def next_beat(epochs: int, seconds: float) -> int:
    """Return how many epochs the next call should run, after one of so many took so long."""
    return max(1, min(10 * epochs, round(epochs * BEAT / max(seconds, 1e-9))))
