"""Wide networks on an accelerator: each way of computing beside the rate of its matrix products.

    python -m benchmarks.accelerator              widths 1024 to 8192; keeps the record
    python -m benchmarks.accelerator --dry-run    the same on whatever is there, tiny, nothing kept

A step is forward, backward and Adam of width-width-width-width-10, by hand and by autodiff, many
in one compiled call. The rate to compare with is measured in the same run: [batch, width] times
[width, width] over and over, in the same numbers.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from benchmarks import interleave, machine, results
from benchmarks.summary import paired_ratio
from benchmarks.table import grid
from compare.training.contexts import matmul_precision
from compare.training.step import Plan, State, initial_state, make_step
from functional_nn import MLP

KEPT = results.KEPT.with_name("accelerator.json")
WIDTHS, BATCH, STEPS = (1024, 2048, 4096, 8192), 4096, 20


class Numbers(NamedTuple):
    """A way of computing: precision of the products, and dtype of the layers."""

    name: str
    precision: str
    compute: np.dtype[Any] | None


WAYS = (
    Numbers("float32", "highest", None),
    Numbers("TF32", "tensorfloat32", None),
    Numbers("bfloat16", "default", jnp.dtype(jnp.bfloat16)),
)


def operations(sizes: Sequence[int], batch: int) -> int:
    """Return multiplications and additions in a step's matrix products.

    Three products a layer, [batch, n_in] x [n_in, n_out] each; the first has no delta to hand on.
    """
    layers = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return 2 * batch * (3 * sum(layers) - layers[0])


def measure(width: int, batch: int, steps: int, numbers: Numbers, rounds: int) -> dict[str, Any]:
    """Return operations a second of both gradients and of the products alone, one a round."""
    mlp = MLP((width, width, width, width, 10))
    runners = {
        gradient: _steps(mlp, gradient, numbers, batch, steps)
        for gradient in ("manual", "autodiff")
    }
    runners["products"] = _products(width, numbers, batch, steps)
    for run in runners.values():
        run(1)
    taken = interleave.measure(runners, rounds, 0.0)
    work = {name: operations(mlp.sizes, batch) * steps for name in ("manual", "autodiff")}
    work["products"] = 2 * batch * width * width * steps
    rates = {name: [work[name] / each for each in taken[name]] for name in runners}
    return {"width": width, "batch": batch, "numbers": numbers.name, "rates": rates}


def _steps(mlp: MLP, gradient: str, numbers: Numbers, batch: int, steps: int) -> interleave.Runner:
    """Return a runner of so many steps in one call."""
    plan = Plan(
        mlp, gradient, optax.adam(1e-4), batch, precision=numbers.precision, compute=numbers.compute
    )
    step = make_step(plan)
    key, x_key, y_key = jax.random.split(jax.random.key(0), 3)
    x = jax.random.normal(x_key, (batch, mlp.sizes[0]))
    y = jax.random.randint(y_key, (batch,), 0, mlp.sizes[-1])

    def many(state: State) -> tuple[State, jax.Array]:
        def body(state: State, _: None) -> tuple[State, jax.Array]:
            stepped = step(state, x, y)
            return stepped.state, stepped.loss

        return lax.scan(body, state, None, length=steps)

    program, state = jax.jit(many, donate_argnums=0), initial_state(plan, mlp.init(key))

    def run(times: int) -> float:
        nonlocal state
        start = time.perf_counter()
        for _ in range(times):
            state, losses = program(state)
        if not np.isfinite(np.asarray(losses)).all():
            raise ArithmeticError(f"{gradient} in {numbers.name}: the loss is not finite")
        return time.perf_counter() - start

    return run


def _products(width: int, numbers: Numbers, batch: int, steps: int) -> interleave.Runner:
    """Return a runner of so many products, each of the last one's result."""
    u_key, w_key = jax.random.split(jax.random.key(1))
    dtype = numbers.compute or np.dtype(np.float32)
    u = jax.random.normal(u_key, (batch, width), dtype)
    W = jax.random.orthogonal(w_key, width).astype(dtype)  # keeps the size of what it multiplies

    @jax.jit
    def chain(u: jax.Array) -> jax.Array:
        with matmul_precision(numbers.precision):
            return lax.fori_loop(0, steps, lambda _, u: u @ W, u)

    def run(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            result = chain(u)
        result.block_until_ready()
        return time.perf_counter() - start

    return run


def run(
    widths: Sequence[int], batch: int, steps: int, rounds: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Return the record of a run."""
    rows = []
    for width in widths:
        for numbers in WAYS:
            tell(f"{width} wide, {numbers.name}")
            rows.append(measure(width, batch, steps, numbers, rounds))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "device": jax.devices()[0].device_kind,
        "jax": jax.__version__,
        "machine": machine.describe(),
        "rounds": rounds,
        "rows": rows,
    }


def table(record: dict[str, Any]) -> str:
    """Return a line for each width and way of computing."""
    heads = ("", "hand", "autodiff", "products alone", "hand's share", "time hand/autodiff")
    return grid([heads, *(_row(row) for row in record["rows"])])


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    rates = row["rates"]
    manual, autodiff, products = (median(rates[n]) for n in ("manual", "autodiff", "products"))
    return (
        f"{row['width']} wide, batch {row['batch']}, {row['numbers']}",
        *(f"{rate / 1e12:.3g} TFLOP/s" for rate in (manual, autodiff, products)),
        f"{manual / products:.0%}",
        f"{paired_ratio(rates['autodiff'], rates['manual']):.2f}",
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table, keep the record."""
    parser = argparse.ArgumentParser("python -m benchmarks.accelerator", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--dry-run", action="store_true", help="tiny, on any device, nothing kept")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--out", type=results.file, default=KEPT)
    asked = parser.parse_args(argv)
    if not asked.dry_run and jax.default_backend() == "cpu":
        parser.error("no accelerator here, only the CPU; --dry-run tries the script on it")

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    if asked.dry_run:
        print(table(run((16,), 8, 2, 2, tell)))
        return
    record = run(asked.widths, asked.batch, STEPS, 7, tell)
    print(f"{record['device']}, jax {record['jax']}\n{table(record)}")
    results.write(record, asked.out)


if __name__ == "__main__":
    main()
