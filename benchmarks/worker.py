"""An engine in a process of its own, which runs when it is told to and sleeps otherwise."""

import math
import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import Any

from benchmarks import floor, gradients
from benchmarks.engines import ENGINES, Train
from benchmarks.workloads import Workload

WARM_UP = 2  # epochs before anything is timed: compiling, caches, thread pools


class WorkerError(RuntimeError):
    """What went wrong in an engine's process, in one line."""


class Worker:
    """A process with one engine: ``prepare`` a workload, then ``run`` epochs of it."""

    def __init__(self, key: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, key), daemon=True)
        self._process.start()

    def prepare(self, workload: Workload) -> float:
        """Build and warm up; return the loss after the warm-up epochs."""
        return self._ask("prepare", workload)

    def run(self, epochs: int) -> float:
        """Train so many epochs; return the seconds they took."""
        return self._ask("run", epochs)

    def gradients(self, workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
        """Time and weigh both gradients."""
        return self._ask("gradients", workload, rounds, seconds)

    def floor(
        self, workload: Workload, library: str, rounds: int, seconds: float
    ) -> dict[str, float]:
        """Time a step's matrix products by one library."""
        return self._ask("floor", workload, library, rounds, seconds)

    def close(self) -> None:
        """End the process."""
        self._here.close()
        self._process.join(timeout=10)
        if self._process.is_alive():
            self._process.kill()

    def _ask(self, *question: Any) -> Any:
        try:
            self._here.send(question)
            good, answer = self._here.recv()
        except (EOFError, OSError) as error:
            raise WorkerError(f"its process ended, exit code {self._process.exitcode}") from error
        if not good:
            raise WorkerError(answer)
        return answer


def _serve(there: Connection, key: str) -> None:
    """Answer until the other side hangs up."""
    served = _Served(key)
    while True:
        try:
            name, *args = there.recv()
        except EOFError:
            return
        try:
            there.send((True, getattr(served, name)(*args)))
        except Exception as error:  # noqa: BLE001, whatever a peer raises is told and not fatal
            there.send((False, f"{type(error).__name__}: {error}".splitlines()[0]))


class _Served:
    """What runs in the process."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.train: Train

    def prepare(self, workload: Workload) -> float:
        self.train = ENGINES[self.key].prepare(workload)
        return self._trained(WARM_UP)

    def run(self, epochs: int) -> float:
        start = time.perf_counter()
        self._trained(epochs)
        return time.perf_counter() - start

    def _trained(self, epochs: int) -> float:
        """Return the loss, a finite one: ours stops at any other, and would seem fast."""
        loss = self.train(epochs)
        if not math.isfinite(loss):
            raise ArithmeticError(f"the loss is {loss} after {epochs} epochs")
        return loss

    def gradients(self, workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
        return gradients.measure(workload, rounds, seconds)

    def floor(
        self, workload: Workload, library: str, rounds: int, seconds: float
    ) -> dict[str, float]:
        return floor.measure(workload, library, rounds, seconds)
