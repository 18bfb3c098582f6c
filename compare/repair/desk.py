"""The desk at which a derivation is worked on: it evaluates source text as a statement saw it."""

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.program.watch import Watched
from compare.repair.bench import Point, Read
from compare.repair.meter import Meter
from compare.repair.scope import Scope, rows_of
from compare.repair.stand_ins import StandIns
from compare.repair.statements import Run


@dataclass(frozen=True, eq=False)
class Desk:
    """What all the work on a derivation needs.

    Attributes:
        watched: The derivation.
        points: Where it is evaluated; the caller's inputs first.
        stand_ins: For evaluating source text on NumPy.
        meter: Counts what is done.
    """

    watched: Watched
    points: Sequence[Point]
    stand_ins: StandIns
    meter: Meter = field(default_factory=Meter)

    def evaluate(
        self, code: Any, names: frozenset[str], run: Run, read: Read, extra: Mapping[str, Any]
    ) -> tuple[Any, bool]:
        """Return what compiled source comes to in a run, and whether it is stacked rows."""
        moment = run.moment
        everywhere = self.stand_ins.namespace(moment.everywhere)
        rows = rows_of(moment, names, read)
        scopes = [Scope(moment, read, self.stand_ins, extra, row) for row in range(rows or 1)]
        self.meter.spend(times=2.0 * len(scopes))
        if rows is None:
            found = eval(code, everywhere, scopes[0])
            self.meter.spend([found] if isinstance(found, np.ndarray) else [])
            return found, False
        return np.stack([eval(code, everywhere, scope) for scope in scopes]), True


def compile_expression(node: ast.expr) -> Any:
    """Compile an expression; that it may be nonsense is found out later, so no warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            return compile(ast.Expression(node), "<edit>", "eval")
        except (SyntaxError, ValueError):  # no expression by itself: *args, the x of x := y
            return compile("None.value", "<edit>", "eval")  # raises when it is evaluated
