"""Where a derivation says outright that there is no gradient: ``return dx, None``."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compare.agreement.cause import placed
from compare.program import Place
from compare.program.signature import begins
from compare.repair.source import span, tree_of
from compare.report import Report


def placed_none(report: Report, bwd: Callable[..., Any], argument: int) -> Report:
    """Return a report of a missing cotangent with the place of the None that stands for it.

    Args:
        report: Its diagnosis has no place where nothing was computed.
        bwd: The derivation, called with residuals and cotangents.
        argument: Position of the argument among what ``bwd`` returns.
    """
    diagnosis = report.diagnosis
    if diagnosis is None or diagnosis.line or diagnosis.kind != "zero-gradient":
        return report
    place = _none(bwd, argument)
    if place is None:
        return report
    evidence = f"{place.function} returns None for {report.wrong[0].name}"
    return replace(report, diagnosis=placed(replace(diagnosis, evidence=evidence), place))


def _none(function: Callable[..., Any], argument: int) -> Place | None:
    """Return where a function's last return gives None at a position of its tuple."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    tree = None if code is None else tree_of(code.co_filename)
    if code is None or tree is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and begins(node) == code.co_firstlineno:
            returns = [part for part in ast.walk(node) if isinstance(part, ast.Return)]
            value = returns[-1].value if returns else None
            if isinstance(value, ast.Tuple) and argument < len(value.elts):
                none = value.elts[argument]
                if isinstance(none, ast.Constant) and none.value is None:
                    line, first, last = span(none)
                    return Place(code.co_filename, line, (first, last), node.name)
    return None
