"""``python -m benchmarks.proofreading``: run the study, print its table, keep it."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks import machine, results
from benchmarks.proofreading import table
from benchmarks.proofreading.derivations import NAMES
from benchmarks.proofreading.study import of_one

#: At most so many mutants of one fault in one derivation; so many runs of each right derivation.
MOST, RUNS = 4, 45


def main(argv: Sequence[str] | None = None) -> None:
    """Run what was asked for."""
    asked = _parser().parse_args(argv)
    names = asked.derivations or list(NAMES)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        jobs = [(name, folder, asked.most, not asked.alone, asked.runs) for name in names]
        out = asked.out or (None if asked.derivations else table.KEPT)
        record: dict[str, Any] = {"machine": machine.describe(), "mutants": [], "right": []}
        for mutants, rights in _spread(of_one, jobs, asked.jobs):
            record["mutants"] += mutants
            record["right"] += rights
            record["seconds"] = time.perf_counter() - start
            if out is not None:  # as far as it got, should somebody stop it
                out.write_text(json.dumps(record, indent=1) + "\n")
    print(table.plain(record))
    if out is not None:
        out.with_suffix(".txt").write_text(table.plain(record) + "\n")


def _spread(work: Callable[[Any], Any], jobs: Sequence[Any], count: int) -> Iterator[Any]:
    """Yield what comes of each job, in order; several processes share the work."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        for job, outcome in zip(jobs, pool.map(work, jobs), strict=True):
            print(f"{job[0]}: {len(outcome[0])} mutants, {len(outcome[1])} right runs", flush=True)
            yield outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.proofreading", description=__doc__)
    parser.add_argument("--derivations", nargs="+", choices=NAMES, metavar="NAME")
    parser.add_argument("--most", type=int, default=MOST, help="mutants of one fault (%(default)s)")
    parser.add_argument("--runs", type=int, default=RUNS, help="of a right one (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--alone", action="store_true", help="without the other tools")
    parser.add_argument("--out", type=results.file, help="where to keep the record")
    return parser


if __name__ == "__main__":
    main()
