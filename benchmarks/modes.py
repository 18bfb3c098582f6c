"""Forward mode beside reverse mode: what a Jacobian costs as inputs or outputs grow.

    python -m benchmarks.modes             from 1 to 1,000, about a minute
    python -m benchmarks.modes --quick     a glance
    python -m benchmarks.modes --picture modes.png

The network has two hidden layers of 64 tanh units, and 16 rows go through it at once. Forward mode
takes a sweep an input, reverse mode a sweep an output; both by hand, both compiled. The gallery's
``modes`` counts the operations of the same network instead, which is the same on every machine.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import jax

from benchmarks import interleave
from compare.pictures import files, style
from functional_nn import MLP
from manual_backprop.jacobians import by_columns, by_rows

SIZES = (1, 3, 10, 30, 100, 300, 1000)
ROWS, WIDTH = 16, 64
WAYS = {"forward": by_columns, "reverse": by_rows}


@dataclass(frozen=True)
class Cost:
    """Time of one whole Jacobian, the median of the rounds.

    Attributes:
        inputs: Columns of the Jacobian: sweeps of forward mode.
        outputs: Rows of it: sweeps of reverse mode.
        forward: Seconds by columns.
        reverse: Seconds by rows.
    """

    inputs: int
    outputs: int
    forward: float
    reverse: float


def measure(inputs: int, outputs: int, rounds: int = 5, seconds: float = 0.05) -> Cost:
    """Time both ways, in turns."""
    mlp = MLP((inputs, WIDTH, WIDTH, outputs), activations="tanh", loss="squared_error")
    params = mlp.init(jax.random.key(0))
    x = jax.random.normal(jax.random.key(1), (ROWS, inputs))
    runners = {
        name: _runner(jax.jit(way, static_argnums=0), (mlp, params, x))
        for name, way in WAYS.items()
    }
    taken = interleave.measure(runners, rounds, seconds)
    return Cost(inputs, outputs, median(taken["forward"]), median(taken["reverse"]))


def run(sizes: Sequence[int] = SIZES, rounds: int = 5, seconds: float = 0.05) -> list[Cost]:
    """Return the costs as inputs grow (one output), then as outputs grow (one input)."""
    shapes = [(n, 1) for n in sizes] + [(1, n) for n in sizes]
    return [measure(*shape, rounds, seconds) for shape in shapes]


def table(costs: Sequence[Cost]) -> str:
    """Return a line a shape."""
    lines = [f"{'inputs':>8}{'outputs':>9}{'forward':>12}{'reverse':>12}   forward / reverse"]
    for cost in costs:
        ratio = cost.forward / cost.reverse
        lines.append(
            f"{cost.inputs:>8}{cost.outputs:>9}{cost.forward * 1e6:>9.1f} us"
            f"{cost.reverse * 1e6:>9.1f} us{ratio:>20.2f}"
        )
    return "\n".join(lines)


def picture(costs: Sequence[Cost], path: Path) -> Path:
    """Draw the times as the inputs grow and as the outputs grow, and write them as a file."""
    half = len(costs) // 2
    with style.styled():
        figure = style.canvas(9.4, 4.0)
        panels = figure.subplots(1, 2, sharey=True)
        sides = (("inputs", "output", costs[:half]), ("outputs", "input", costs[half:]))
        for axes, (what, other, part) in zip(panels, sides, strict=True):
            sizes = [getattr(cost, what) for cost in part]
            for position, way in enumerate(WAYS):
                times = [1e6 * getattr(cost, way) for cost in part]
                axes.plot(sizes, times, label=f"{way} mode", **style.series(position, len(times)))
            axes.set(xscale="log", yscale="log", xlabel=f"{what} (one {other})")
            axes.set_title(f"As the {what} grow")
        panels[0].set_ylabel("time of a whole Jacobian [µs]")
        panels[0].legend()
    return files.save(figure, path)


def _runner(jacobian: Callable[..., Any], args: tuple[Any, ...]) -> interleave.Runner:
    jacobian(*args).block_until_ready()  # compiled before the clock starts

    def seconds_for(repeats: int) -> float:
        start = time.perf_counter()
        for _ in range(repeats):
            found = jacobian(*args)
        found.block_until_ready()
        return time.perf_counter() - start

    return seconds_for


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.modes", description=run.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer sizes, shorter turns")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw it, as PNG or SVG")
    asked = parser.parse_args(argv)
    costs = run((1, 10, 100), 2, 0.01) if asked.quick else run()
    print(table(costs))
    if asked.picture:
        print(f"picture: {picture(costs, asked.picture)}")


if __name__ == "__main__":
    main()
