"""Sixty-four small models at once beside one after the other.

    python -m benchmarks.sweep            about two minutes; keeps benchmarks/results/sweep.json
    python -m benchmarks.sweep --quick    a glance, nothing kept

``sweep(...)`` is one call for all; ``train(...)`` is called once a model, with the same optimizer,
so that its program is compiled for the first and used by the others. Neither's compiling is
counted. "steps alone" leaves out all that a call does besides: compiled epochs, side by side.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks import interleave, machine, results
from benchmarks.table import grid
from compare.training import sweep, train
from compare.training.data import on_device
from compare.training.engine import begin
from compare.training.engine import compiled as compiled_one
from compare.training.step import Plan, initial_state
from compare.training.sweeping.many import Kind
from compare.training.sweeping.many import compiled as compiled_many
from functional_nn import MLP
from functional_nn.datasets import Splits, circles, digits, split

KEPT = results.KEPT.with_name("sweep.json")
MODELS, RATE = 64, 1e-2


class Case(NamedTuple):
    """What all models are: a network on a table, and how long each trains."""

    mlp: MLP
    splits: Splits
    batch: int
    epochs: int

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.mlp.sizes))}, batch {self.batch}"


def cases(epochs: int) -> list[Case]:
    """Return three sizes of network, on 400 points of the plane and on the digits."""
    points, images = split(circles(400)), split(digits())
    return [
        Case(MLP((2, 8, 2), "tanh"), points, 16, epochs),
        Case(MLP((2, 16, 16, 2), "tanh"), points, 32, epochs),
        Case(MLP((64, 32, 10)), images, 32, max(1, epochs // 4)),
    ]


def measure(case: Case, models: int, rounds: int) -> dict[str, Any]:
    """Return seconds for all models, a number a round: both ways, whole and steps alone."""
    optimizer, seeds = optax.adam(RATE), range(models)

    def calls(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            for seed in seeds:
                train(
                    case.mlp, optimizer, case.splits, seed=seed, epochs=case.epochs,
                    batch_size=case.batch,
                )  # fmt: skip
        return time.perf_counter() - start

    found = [
        sweep(
            case.mlp, optax.adam, case.splits, seeds=seeds, learning_rates=[RATE],
            epochs=case.epochs, batch_size=case.batch,
        )
        for _ in range(rounds)
    ]  # fmt: skip
    calls(1)
    runners = _steps_alone(case, models)
    alone = interleave.measure(runners, rounds, 0.05)
    return {
        "name": case.name,
        "models": models,
        "epochs": case.epochs,
        "calls_of_train": [calls(1) for _ in range(rounds)],
        "one_sweep": [each.seconds for each in found],
        "steps_one_after_the_other": alone["one"],
        "steps_at_once": alone["all"],
    }


def _steps_alone(case: Case, models: int) -> dict[str, interleave.Runner]:
    """Return the compiled epoch of one model, run for each in turn, and that of all at once."""
    data = on_device(case.splits, np.dtype(np.float32))
    plan = Plan(case.mlp, "manual", optax.adam(RATE), case.batch)
    kind = Kind(
        case.mlp, "manual", optax.adam, case.batch, None, np.dtype(np.float32),
        tuple(jax.devices()[:1]),
    )  # fmt: skip
    keys = jax.random.split(jax.random.key(0), models)
    one, program = (
        begin(plan, initial_state(plan, case.mlp.init(keys[0])), data),
        compiled_one(plan),
    )
    many = compiled_many(kind)
    all_of_them = many.draw(keys, jnp.full(models, RATE), jnp.ones(models))
    done = 0

    def run_one(times: int) -> float:
        nonlocal one, done
        start = time.perf_counter()
        for _ in range(models):
            done += times
            one = program(one, data, keys[0], np.int32(done))
        jax.block_until_ready(one)
        return time.perf_counter() - start

    def run_all(times: int) -> float:
        nonlocal all_of_them
        start = time.perf_counter()
        all_of_them, row = many.epochs(all_of_them, data, np.int32(0), np.int32(times))
        jax.block_until_ready(row)
        return time.perf_counter() - start

    return {"one": run_one, "all": run_all}


def run(models: int, epochs: int, rounds: int) -> dict[str, Any]:
    """Return the record of a run."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.describe() | {"load_before": round(machine.load(), 2)},
        "rounds": rounds,
        "cases": [measure(case, models, rounds) for case in cases(epochs)],
    }


def table(record: dict[str, Any]) -> str:
    """Return a line a network."""
    heads = ("", "train, each", "sweep", "times", "steps, each", "at once", "times")
    return grid([heads, *(_row(case) for case in record["cases"])])


def _row(case: dict[str, Any]) -> tuple[str, ...]:
    def pair(slow: str, fast: str) -> tuple[str, str, str]:
        a, b = median(case[slow]), median(case[fast])
        return f"{a:.3g} s", f"{b:.3g} s", f"{a / b:.1f}"

    whole = pair("calls_of_train", "one_sweep")
    alone = pair("steps_one_after_the_other", "steps_at_once")
    return f"{case['models']} x {case['name']}", *whole, *alone


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table, keep the record."""
    parser = argparse.ArgumentParser("python -m benchmarks.sweep", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true", help="few models and epochs")
    parser.add_argument("--out", type=results.file, help="where to keep the record")
    asked = parser.parse_args(argv)
    record = run(4, 4, 1) if asked.quick else run(MODELS, 40, 5)
    print(table(record))
    out = asked.out or (None if asked.quick else KEPT)
    if out:
        results.write(record, out)


if __name__ == "__main__":
    main()
