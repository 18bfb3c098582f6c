"""One run: all engines on all workloads, taking turns; what comes out is plain data."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

from benchmarks import floor, interleave, machine
from benchmarks.engines import ENGINES, Engine
from benchmarks.worker import Worker, WorkerError
from benchmarks.workloads import Workload

Record = dict[str, Any]

#: Seconds between two engines: threads of OpenMP wait up to 0.2 for more work, and keep a core.
REST = 0.25

#: Processes that the gradient alone is measured in, one after the other: where arrays happen to lie
#: in memory, or a slow spell, is not to decide.
PROCESSES = 5


def run(
    workloads: Sequence[Workload],
    engines: Sequence[str],
    rounds: int,
    seconds: float,
    tell: Callable[[str], None],
) -> Record:
    """Return the record of a run.

    Args:
        workloads: What to train.
        engines: Keys of ``ENGINES``; one that is not installed is only named.
        rounds: Turns of each engine.
        seconds: Length of a turn, at least.
        tell: Called with a line on what happens.
    """
    os.environ.setdefault("JAX_PLATFORMS", "cpu")  # all on the same cores
    load = machine.load()
    with ExitStack() as stack:
        chosen = [ENGINES[key] for key in engines]
        workers = {
            engine.key: stack.enter_context(closing(Worker(engine.key)))
            for engine in chosen
            if engine.version
        }
        measured = []
        for workload in workloads:
            tell(f"{workload.name}, batch {workload.batch}: preparing {len(workers)} engines")
            entries = [_prepared(engine, workers, workload) for engine in chosen]
            turns = min(rounds, workload.rounds)
            tell(f"{workload.name}, batch {workload.batch}: {turns} rounds")
            _take_turns(entries, workers, workload, turns, seconds)
            both = _gradients(workload, rounds, seconds / 4)
            lowest = _floor(workload, rounds, seconds / 20)
            measured.append(
                _described(workload) | {"engines": entries, "gradients": both, "floor": lowest}
            )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.describe() | {"load_before": round(load, 2)},
        "rounds": rounds,
        "seconds_per_turn": seconds,
        "workloads": measured,
    }


def _prepared(engine: Engine, workers: dict[str, Worker], workload: Workload) -> Record:
    entry: Record = {
        "key": engine.key,
        "label": engine.label,
        "ours": engine.ours,
        "needs": engine.distribution,
        "version": engine.version,
    }
    if engine.key not in workers:
        return entry | {"problem": "not installed"}
    try:
        return entry | {"loss": workers[engine.key].prepare(workload)}
    except WorkerError as error:
        return entry | {"problem": str(error)}


def _take_turns(
    entries: Sequence[Record],
    workers: dict[str, Worker],
    workload: Workload,
    rounds: int,
    seconds: float,
) -> None:
    """Add steps per second, one number a round, to the entries that could be prepared."""
    ready = {entry["key"]: entry for entry in entries if "loss" in entry}
    runners = {key: workers[key].run for key in ready}
    taken = interleave.measure(runners, rounds, seconds, REST) if runners else {}
    for key, epochs in taken.items():
        ready[key]["steps_per_second"] = [workload.steps / epoch for epoch in epochs]


def _gradients(workload: Workload, rounds: int, seconds: float) -> Record:
    """Return what both gradients took, the rounds shared out among several processes."""
    turns = 2 * -(-rounds // (2 * PROCESSES))  # even, so that each begins as often as the other
    found = []
    for _ in range(PROCESSES):
        with closing(Worker("gradients")) as worker:
            found.append(worker.gradients(workload, turns, seconds))
    return {
        name: each | {"seconds": [taken for one in found for taken in one[name]["seconds"]]}
        for name, each in found[0].items()
    }


def _floor(workload: Workload, rounds: int, seconds: float) -> Record:
    """Return the floor of a step, each library in a process that is there for this only."""
    taken = {}
    for library in floor.libraries():
        with closing(Worker("floor")) as worker:
            taken[library] = worker.floor(workload, library, rounds, seconds)
    return floor.lowest(taken)


def _described(workload: Workload) -> Record:
    return {
        "name": workload.name,
        "sizes": list(workload.sizes),
        "batch": workload.batch,
        "steps_per_epoch": workload.steps,
    }
