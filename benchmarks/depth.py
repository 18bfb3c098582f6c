"""What depth costs: compiling, memory and steps, with hidden layers unrolled, scanned, recomputed.

    python -m benchmarks.depth             depths 8, 64 and 512; a minute or two
    python -m benchmarks.depth --quick     depths 8 and 16, a glance; keeps nothing

Compiling is that of the whole training program, shuffling and records included, the shorter of the
rounds. Memory is what the gradient alone needs besides its arguments and its results, whose room
serves meanwhile, unrolled most of all. Unrolled networks end at depth 64: they compile in
proportion to their depth.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks import interleave, machine, results
from benchmarks.table import grid
from compare.training.data import Data, Rows
from compare.training.engine import NO_PART, begin, compiled
from compare.training.gradients import engines
from compare.training.step import Plan, initial_state
from functional_nn import MLP, scanned

KEPT = results.KEPT.with_name("depth.json")
DEPTHS, UNROLLED = (8, 64, 512), 64
WIDTH, BATCH, STEPS, CLASSES = 64, 64, 4, 10
ROOM = 64  # epochs that are recorded; the rest is overwritten
Row = dict[str, Any]

FORMS: dict[str, Callable[[MLP], MLP]] = {
    "unrolled": lambda mlp: mlp,
    "scanned": scanned,
    "recomputed": lambda mlp: scanned(mlp, recompute=True),
}


def network(depth: int) -> MLP:
    """Return a network of so many dense layers."""
    sizes = (WIDTH, *[WIDTH] * (depth - 1), CLASSES)
    return MLP(sizes, activations="tanh", initializer="glorot_normal")


def run(depths: Sequence[int], rounds: int, seconds: float, tell: Callable[[str], None]) -> Row:
    """Return the record of a run."""
    cases = [
        Case(depth, form, gradient)
        for depth in depths
        for form in FORMS
        for gradient in engines
        if form != "unrolled" or depth <= UNROLLED
    ]
    cases[0].compile()  # what is set up once is set up before the clock starts
    for turn in range(rounds):
        for case in cases if turn == 0 else [c for c in cases if c.form != "unrolled"]:
            tell(f"compiling, round {turn + 1}: {case.depth} layers, {case.form}, {case.gradient}")
            case.compile()
    tell("running")
    for depth in depths:
        alike = {f"{c.form} {c.gradient}": c for c in cases if c.depth == depth}
        runners = {name: case.epochs for name, case in alike.items()}
        for name, taken in interleave.measure(runners, 2 * rounds + 1, seconds).items():
            alike[name].step_seconds = [each / STEPS for each in taken]
    rows = [case.row() for case in cases]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.describe(),
        "jax": jax.__version__,
        "width": WIDTH,
        "batch": BATCH,
        "dtype": "float32",
        "rounds": rounds,
        "rows": rows,
        "ratios": ratios(rows),
    }


class Case:
    """A network of some depth and form, trained with one of the gradients."""

    def __init__(self, depth: int, form: str, gradient: str) -> None:
        self.depth, self.form, self.gradient = depth, form, gradient
        self.compile_seconds: list[float] = []
        self.step_seconds: list[float] = []
        self._mlp = FORMS[form](network(depth))
        self._plan = Plan(self._mlp, gradient, optax.sgd(1e-3, momentum=0.9), BATCH)
        self._data, self._key = _data(), jax.random.key(1)
        self._program: Callable[..., Any] | None = None
        params = self._mlp.init(jax.random.key(0))
        self._run = begin(self._plan, initial_state(self._plan, params), self._data, ROOM)

    def compile(self) -> None:
        """Compile the training program anew, and take the time."""
        compiled.cache_clear()
        begun = time.perf_counter()
        program = compiled(self._plan).lower(self._run, self._data, self._key, np.int32(0), NO_PART)
        self._program = program.compile()
        self.compile_seconds.append(time.perf_counter() - begun)

    def epochs(self, count: int) -> float:
        """Return how long so many epochs take."""
        assert self._program is not None
        until = np.int32(int(self._run.epoch) + count)
        begun = time.perf_counter()
        self._run = jax.block_until_ready(
            self._program(self._run, self._data, self._key, until, NO_PART)
        )
        return time.perf_counter() - begun

    def row(self) -> Row:
        """Return what was measured, and the memory of the gradient."""
        batch = (array[:BATCH] for array in self._data.train)
        gradient = jax.jit(engines[self.gradient](self._mlp))
        alone = gradient.lower(self._run.state.params, *batch).compile()
        return {
            "depth": self.depth,
            "form": self.form,
            "gradient": self.gradient,
            "temporary_bytes": alone.memory_analysis().temp_size_in_bytes,
            "compile_seconds": self.compile_seconds,
            "step_seconds": self.step_seconds,
        }


def ratios(rows: Sequence[Row]) -> Row:
    """Return what depth and recomputation change: the deepest beside the shallowest."""
    by = {(row["depth"], row["form"], row["gradient"]): row for row in rows}
    low, high = min(row["depth"] for row in rows), max(row["depth"] for row in rows)
    found: Row = {}
    for gradient in engines:
        for form in ("scanned", "recomputed"):
            few, many = (by[depth, form, gradient] for depth in (low, high))
            longer = compiling(many) / compiling(few)
            found[f"compile, depth {high} : {low}, {form}, {gradient}"] = longer
        again, kept = by[high, "recomputed", gradient], by[high, "scanned", gradient]
        share = again["temporary_bytes"] / kept["temporary_bytes"]
        found[f"memory, recomputed : scanned, depth {high}, {gradient}"] = share
    for form in ("scanned", "recomputed"):
        hand, auto = (by[high, form, gradient] for gradient in ("manual", "autodiff"))
        found[f"step, manual : autodiff, depth {high}, {form}"] = step(hand) / step(auto)
        more = hand["temporary_bytes"] / auto["temporary_bytes"]
        found[f"memory, manual : autodiff, depth {high}, {form}"] = more
    return found


def compiling(row: Row) -> float:
    """Return the least of the rounds: what else goes on only adds to it."""
    return min(row["compile_seconds"])


def step(row: Row) -> float:
    return median(row["step_seconds"])


def table(record: Row) -> str:
    """Return a line a program, then the ratios."""
    heads = ("depth", "hidden layers", "gradient", "compile", "memory", "steps/s")
    body = [
        (
            str(row["depth"]), row["form"], row["gradient"], f"{compiling(row):.2f} s",
            f"{row['temporary_bytes'] / 1024:,.0f} KiB", f"{1 / step(row):,.0f}",
        )
        for row in record["rows"]
    ]  # fmt: skip
    told = [(name, f"{ratio:.3f}") for name, ratio in record["ratios"].items()]
    return f"{grid([heads, *body])}\n\n{grid(told)}"


def _data() -> Data:
    random = np.random.default_rng(0)
    x = random.normal(size=(STEPS * BATCH, WIDTH)).astype(np.float32)
    y = random.integers(0, CLASSES, STEPS * BATCH).astype(np.int32)
    return Data(Rows(jnp.asarray(x), jnp.asarray(y)), None)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table, keep the record."""
    parser = argparse.ArgumentParser("python -m benchmarks.depth", description=run.__doc__)
    parser.add_argument("--quick", action="store_true", help="small depths, one round")
    parser.add_argument("--out", type=results.file, metavar="FILE", help="where the record is kept")
    asked = parser.parse_args(argv)
    quick, out = asked.quick, asked.out or (None if asked.quick else KEPT)
    record = run(
        (8, 16) if quick else DEPTHS,
        rounds=1 if quick else 2,
        seconds=0.02 if quick else 0.3,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(table(record))
    if out:
        results.write(record, out)


if __name__ == "__main__":
    main()
