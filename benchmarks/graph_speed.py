"""The sweep over a network's graph beside the delta recursion: value and gradient, both compiled.

    python -m benchmarks.graph_speed             three networks, about a minute; keeps the record
    python -m benchmarks.graph_speed --quick     a glance, keeps nothing

The two take turns, so that what slows a round slows both; told is the median of the ratios round
by round, 1.1 being the most that the graph may take. Both programs are XLA's: the count of their
operations stands beside.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks import interleave, machine, results
from benchmarks.summary import paired_ratio, spread
from benchmarks.workloads import WORKLOADS, Workload, rows_of
from functional_nn import MLP
from manual_backprop import value_and_grad
from manual_backprop.graph import graph_value_and_grad

KEPT = results.KEPT.with_name("graph_speed.json")
WAYS: Mapping[str, Callable[[MLP], Callable[..., Any]]] = {
    "graph": graph_value_and_grad,
    "recursion": value_and_grad,
}
#: The most that the graph may take of the recursion's time.
MOST = 1.1


def measure(workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
    """Time both ways, in turns."""
    mlp = MLP(workload.sizes)
    x, y = (jnp.asarray(array[: workload.batch]) for array in rows_of(workload))
    args = (mlp.init(jax.random.key(0)), x, y)
    programs, compiling = {}, {}
    for name, way in WAYS.items():
        begun = time.perf_counter()
        programs[name] = jax.jit(way(mlp)).lower(*args).compile()
        compiling[name] = time.perf_counter() - begun
    runners = {name: interleave.repeated(program, args) for name, program in programs.items()}
    for run in runners.values():
        run(3)
    taken = interleave.measure(runners, rounds, seconds)
    return {
        "network": workload.name,
        "batch": workload.batch,
        "seconds": taken,
        "ratio": paired_ratio(taken["graph"], taken["recursion"]),
        "operations": {name: operations(program) for name, program in programs.items()},
        "compiling": compiling,
    }


def operations(program: Any) -> int:
    """Return how many operations the optimised program has."""
    return len(re.findall(r"= \S+ [a-z\-]+\(", program.as_text()))


def run(workloads: Sequence[Workload], rounds: int, seconds: float) -> dict[str, Any]:
    """Return the record of all networks."""
    busy = machine.load()
    networks = [measure(workload, rounds, seconds) for workload in workloads]
    return {"networks": networks, "rounds": rounds, "load": busy, "machine": machine.describe()}


def table(record: dict[str, Any]) -> str:
    """Return a line a network."""
    names = f"{'network':<18}{'batch':>6}{'graph':>12}{'recursion':>12}"
    lines = [f"{names}{'ratio':>8}{'spread':>8}   operations"]
    for found in record["networks"]:
        ours, theirs = found["seconds"]["graph"], found["seconds"]["recursion"]
        counts = found["operations"]
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        lines.append(
            f"{found['network']:<18}{found['batch']:>6}{median(ours) * 1e6:>9.1f} us"
            f"{median(theirs) * 1e6:>9.1f} us{found['ratio']:>8.3f}{spread(ratios):>8.0%}"
            f"   {counts['graph']} and {counts['recursion']}"
        )
    worst = max(found["ratio"] for found in record["networks"])
    verdict = "within" if worst <= MOST else "ABOVE"
    return "\n".join([*lines, f"largest ratio {worst:.3f}: {verdict} {MOST}"])


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser("python -m benchmarks.graph_speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest network, short turns")
    parser.add_argument("--out", type=results.file, metavar="FILE", help="where to keep the record")
    asked = parser.parse_args(argv)
    if machine.load() > machine.threads() / 2:
        print(f"the machine is busy (load {machine.load():.1f})", file=sys.stderr)
    record = run(WORKLOADS[:1], 3, 0.005) if asked.quick else run(WORKLOADS[:3], 31, 0.2)
    print(table(record))
    out = asked.out or (None if asked.quick else KEPT)
    if out:
        results.write(record, out)
        print(f"kept in {out}", file=sys.stderr)


if __name__ == "__main__":
    main()
