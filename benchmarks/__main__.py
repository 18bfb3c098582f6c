"""``python -m benchmarks``: run, print, keep."""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import bench, machine, results, table
from benchmarks.engines import ENGINES
from benchmarks.workloads import WORKLOADS, Workload


def main(argv: Sequence[str] | None = None) -> None:
    """Run what was asked for."""
    asked = _parser().parse_args(argv)
    if machine.load() > machine.threads() / 2:
        _tell(f"the machine is busy (load {machine.load():.1f}): numbers will be low and uneven")
    workloads = [_quick(each) if asked.quick else each for each in _chosen(asked.workloads)]
    rounds = asked.rounds or (2 if asked.quick else 15)
    seconds = asked.seconds or (0.02 if asked.quick else 0.4)
    record = bench.run(workloads, asked.engines or list(ENGINES), rounds, seconds, _tell)
    print(table.plain(record))
    out = asked.out or (None if asked.quick or asked.engines or asked.workloads else results.KEPT)
    if out:
        results.write(record, out)
        _tell(f"kept in {out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=bench.__doc__)
    names = [workload.name for workload in WORKLOADS]
    parser.add_argument("--quick", action="store_true", help="short epochs and turns, keep nothing")
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), metavar="ENGINE")
    parser.add_argument("--workloads", nargs="+", choices=names, metavar="SIZES")
    parser.add_argument("--rounds", type=int, help="turns of each engine (15)")
    parser.add_argument("--seconds", type=float, help="length of a turn, at least (0.4)")
    parser.add_argument(
        "--out", type=results.file, help="where to keep the record; whole runs are kept"
    )
    return parser


def _chosen(names: Sequence[str] | None) -> list[Workload]:
    return [workload for workload in WORKLOADS if not names or workload.name in names]


def _quick(workload: Workload) -> Workload:
    return Workload(workload.sizes, workload.batch, steps=min(workload.steps, 10))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
