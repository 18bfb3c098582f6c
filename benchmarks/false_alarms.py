"""Right derivations that must not be called wrong: all activations, losses, depths, precisions.

    python -m benchmarks.false_alarms               # all 3,300, on all cores
    python -m benchmarks.false_alarms --every 20    # each twentieth
    python -m benchmarks.false_alarms --plain       # at the given inputs only: several times faster

Each is ``manual_backprop.grad_and_deltas`` against autodiff of ``MLP.loss``. Exit code 1 when one
of them is called wrong, or its formula error is not below 1e-10.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import machine
from benchmarks.grid import DTYPES, Cell, cells
from compare import check_gradient
from manual_backprop import grad_and_deltas

LIMIT = 1e-10


@dataclass(frozen=True)
class Outcome:
    """What was said of a right derivation.

    Attributes:
        cell: The derivation.
        agrees: Whether it was called right.
        nodes: How often each verdict fell.
        formula_error: The largest of any node.
        probes: At how many sets of inputs it was looked at.
        report: What was said, when it was called wrong.
    """

    cell: Cell
    agrees: bool
    nodes: Counter[str]
    formula_error: float
    probes: int
    report: str = ""

    @property
    def good(self) -> bool:
        """No false alarm, and exact to the last digits; nan is not."""
        return self.agrees and self.formula_error < LIMIT


def ask(cell: Cell, vary: bool = True) -> Outcome:
    """Have one derivation checked: just as a user would, or at the given inputs only."""
    with cell.precision():
        mlp = cell.mlp
        report = check_gradient(mlp.loss, grad_and_deltas(mlp), *cell.inputs(), vary=vary)
    return Outcome(
        cell,
        report.agrees,
        Counter(node.verdict for node in report.nodes),
        max(node.formula_error for node in report.nodes),
        report.coverage.probes,
        "" if report.agrees else str(report),
    )


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the figures."""
    alarms = [outcome for outcome in outcomes if not outcome.good]
    verdicts = sum((outcome.nodes for outcome in outcomes), Counter())
    lines = [
        f"{len(outcomes)} right derivations, {len(alarms)} false alarms",
        f"{sum(outcome.probes for outcome in outcomes)} sets of inputs; verdicts on the nodes: "
        + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()),
    ]
    for dtype in DTYPES:
        some = [outcome for outcome in outcomes if outcome.cell.dtype == dtype]
        if some:
            worst = max(some, key=lambda outcome: outcome.formula_error)
            lines.append(
                f"{dtype:8}  {len(some):4} derivations, largest formula error "
                f"{worst.formula_error:.1e} ({worst.cell})"
            )
    lines.append(f"{seconds:.0f} s on {machine.threads()} cores")
    lines.extend(f"\nfalse alarm: {alarm.cell}\n{alarm.report}" for alarm in alarms[:10])
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask about all of them."""
    parser = argparse.ArgumentParser("python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth")
    parser.add_argument("--jobs", type=int, default=machine.threads(), help="processes (all cores)")
    parser.add_argument("--plain", action="store_true", help="no inputs of the check's own")
    asked = parser.parse_args(argv)
    chosen, start = list(cells())[:: asked.every], time.perf_counter()
    outcomes: list[Outcome] = []
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for outcome in pool.imap_unordered(partial(ask, vary=not asked.plain), chosen, chunksize=5):
            outcomes.append(outcome)
            if len(outcomes) % 100 == 0:
                bad = sum(not outcome.good for outcome in outcomes)
                print(
                    f"{len(outcomes)} of {len(chosen)}, {bad} alarms", file=sys.stderr, flush=True
                )
    print(summary(outcomes, time.perf_counter() - start))
    return int(not all(outcome.good for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
