"""The study: every mutant and every right derivation before the proof-reader and its peers."""

import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jax

from benchmarks.proofreading import peers
from benchmarks.proofreading.mutants import Mutant, argnums, arguments, mutants, right
from compare import check_gradient

DTYPES = ("float32", "bfloat16", "float64")
Row = dict[str, Any]


def of_one(job: tuple[str, str, int, bool, int]) -> tuple[list[Row], list[Row]]:
    """Return what is said of one derivation's mutants and of the derivation itself."""
    name, folder, most, with_peers, runs = job
    warnings.simplefilter("ignore")  # mutants do as they like
    mutants = list(of_mutants(name, Path(folder), most, with_peers))
    return mutants, list(of_right_ones(name, runs, with_peers))


def of_mutants(name: str, folder: Path, most: int, with_peers: bool) -> Iterator[Row]:
    """Yield what is said of a derivation's mutants, at most so many of each fault.

    The other tools, which take longer, are asked about the first of each fault.
    """
    asked: set[str] = set()
    for mutant in chosen(name, folder, most):
        row = judged(mutant)
        if with_peers and mutant.fault.name not in asked:
            row["peers"] = peers.noticed(mutant.module, seed=5)
        asked.add(mutant.fault.name)
        yield row


def chosen(name: str, folder: Path, most: int) -> list[Mutant]:
    """Return a derivation's mutants, thinned evenly where one fault has very many."""
    by_fault: dict[str, list[Mutant]] = {}
    for mutant in mutants(name, folder):
        by_fault.setdefault(mutant.fault.name, []).append(mutant)
    return [m for found in by_fault.values() for m in _thinned(found, most)]


def _thinned(found: Sequence[Mutant], most: int) -> list[Mutant]:
    if len(found) <= most:
        return list(found)
    return [found[k * len(found) // most] for k in range(most)]


def judged(mutant: Mutant) -> Row:
    """Return what the proof-reader says of a mutant, and what is true."""
    module, fault = mutant.module, mutant.fault
    args = arguments(module, 5, "float32")
    start = time.perf_counter()
    report = check_gradient(module.loss, module.gradient, *args, argnums=argnums(module))
    seconds = time.perf_counter() - start
    diagnosis, first = report.diagnosis, report.first_wrong
    here = diagnosis is not None and Path(diagnosis.file).stem == module.__name__
    return {
        "derivation": mutant.derivation,
        "fault": fault.name,
        "line": fault.line,
        "old": fault.old,
        "new": fault.new,
        "kinds": sorted(fault.kinds),
        "caught": not report.agrees,
        "first_right": first is not None and first.name in mutant.first_wrong,
        "line_right": bool(here and diagnosis and diagnosis.line == fault.line),
        "kind_right": bool(diagnosis and diagnosis.kind in fault.kinds),
        "verified": bool(diagnosis and diagnosis.verified),
        "said_line": diagnosis.line if diagnosis else 0,
        "said_kind": diagnosis.kind if diagnosis else "",
        "said_edit": diagnosis.edit if diagnosis else "",
        "alternatives": list(diagnosis.alternatives) if diagnosis else [],
        "seconds": seconds,
    }


def of_right_ones(name: str, runs: int, with_peers: bool = False) -> Iterator[Row]:
    """Yield what is said of a right derivation, in each precision and at many draws.

    The other tools bring their own precisions, so they are asked at the first draw only.
    """
    module = right(name)
    for run in range(runs):
        dtype = DTYPES[run % len(DTYPES)]
        with jax.enable_x64(dtype == "float64"):
            args = arguments(module, 100 + run, dtype)
            start = time.perf_counter()
            report = check_gradient(
                module.loss, module.gradient, *args, argnums=argnums(module), seed=run
            )
        row: Row = {"derivation": name, "dtype": dtype, "run": run, "agrees": report.agrees}
        row["seconds"] = time.perf_counter() - start
        if with_peers and run == 0:
            row["peers"] = peers.noticed(module, seed=100 + run)
        if not report.agrees:
            row["said"] = str(report).splitlines()[0]
            row["verdicts"] = dict(Counter(node.verdict for node in report.nodes))
        yield row
