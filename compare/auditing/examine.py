"""The audit: find the rules, check each, sort them by what was found."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from compare.agreement import DerivationError, GradientStructureError
from compare.auditing.checking import checked
from compare.auditing.design import NO_GRADIENT, at_a_point, design_of
from compare.auditing.doubt import (
    BEYOND,
    EXCUSE,
    ITERATES,
    SIGN,
    differs_where_met,
    excused,
    is_beyond_floats,
    is_finite,
    iterates,
)
from compare.auditing.forward import reversible
from compare.auditing.meeting import calls_met, grouped, name_of
from compare.auditing.numbers import Side, side_taken
from compare.auditing.outputs import silent, without
from compare.auditing.records import ORDER, Audited, AuditReport, Status
from compare.auditing.signs import keeping_signs, one_signed
from compare.auditing.unaided import by_numbers
from compare.program import with_float64
from compare.program.rules import FAILURES, RuleCall
from compare.program.widening import is_float
from compare.report import Report
from compare.report.words import listed


def audit(
    fun: Callable[..., Any],
    *args: Any,
    by_design: Sequence[str] = (),
    seed: int = 0,
    explain: bool = True,
) -> AuditReport:
    """Check every ``custom_vjp`` and ``custom_jvp`` rule that a function meets.

    Each is compared with autodiff of its plain body, in float64: at the values that it met while
    ``fun`` ran, and at inputs of the check's own that reach its other branches. Rules are found
    wherever they are nested: in jit, scan, while, cond, vmap, remat, shard_map and other rules.

    Args:
        fun: Any function that JAX can trace.
        *args: What to run it on; arrays are traced, everything else is left as it is.
        by_design: Names of rules that are meant to differ from the derivative.
        seed: Of the random draws.
        explain: Whether to search for the cause of what is wrong.

    Returns:
        One line a rule, the worst first.

    Raises:
        DerivationError: A TypeError, if ``fun`` cannot be traced on ``args``; with the line.
        ValueError: If ``by_design`` names no rule that was met.
    """
    start = time.perf_counter()
    with with_float64():
        calls = calls_met(fun, args)
        rules = [_audited(found, by_design, seed, explain) for found in grouped(calls)]
    rules.sort(key=lambda rule: ORDER.index(rule.status))
    unknown = set(by_design) - {call.name for call in calls}
    if unknown:
        names = ", ".join(sorted(unknown))
        met = ", ".join(sorted({call.name for call in calls})) or "none"
        raise ValueError(f"by_design names no rule that was met: {names}; met: {met}")
    return AuditReport(name_of(fun), tuple(rules), time.perf_counter() - start)


def _audited(calls: list[RuleCall], by_design: Sequence[str], seed: int, explain: bool) -> Audited:
    """Check one rule at the first call whose values are finite floats; the others only count."""
    with_floats = [call for call in calls if any(map(is_float, call.operands))]
    call = next(filter(is_finite, with_floats), (with_floats or calls)[0])
    many = len(calls)
    if not with_floats:
        return _unchecked(call, "no operand is a float array", many)
    if not is_finite(call):
        return _unchecked(call, "not finite where it was met", many)
    plain = reversible(call)
    if plain is None:
        return replace(by_numbers(call, seed), calls=many)
    try:
        return replace(_compared(call, plain, by_design, seed, explain), calls=many)
    except (DerivationError, GradientStructureError, *FAILURES) as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": ")
        return _unchecked(call, said, many)


def _compared(
    call: RuleCall,
    plain: Callable[..., Any],
    by_design: Sequence[str],
    seed: int,
    explain: bool,
) -> Audited:
    """Compare a rule with autodiff; where they differ, ask whether that proves anything."""
    report = checked(call, plain, seed, explain=False)
    side: Side = "unknown"
    if differs_where_met(report):
        if muted := silent(call, plain):
            return _of_the_others(call, muted, by_design, seed, explain)
        side = side_taken(call, plain, seed)
        if side == "rule":
            return Audited(excused(report, EXCUSE), call.kind, "agrees", EXCUSE)
        if side == "unknown" and iterates(call):
            return _unchecked(call, ITERATES, 1)
    elif is_beyond_floats(call, report):
        return Audited(excused(report, BEYOND), call.kind, "agrees", BEYOND)
    elif _has_wrong(report) and (positive := one_signed(call)):
        kept = keeping_signs(call, positive)
        again = reversible(kept)
        second = checked(kept, again, seed, explain=False) if again else report
        if not _has_wrong(second):
            names = listed([call.labels[k] for k in positive])
            how = SIGN.format(f"{names} {'has' if len(positive) == 1 else 'have'}")
            return Audited(excused(report, how), call.kind, "agrees", how)
    design = design_of(call, plain, seed) or at_a_point(call, report)
    if side == "neither" and not design.startswith(NO_GRADIENT):
        design = ""  # it was told by what autodiff says, which is not the derivative
    status, how = _judged(call, design, report, by_design)
    if status == "wrong" and explain:
        report = checked(call, plain, seed, explain=True)
    notes = (f"{status} {how}".strip(), *report.notes) if "design" in status else report.notes
    return Audited(replace(report, notes=notes), call.kind, status, how)


def _of_the_others(
    call: RuleCall, muted: list[int], by_design: Sequence[str], seed: int, explain: bool
) -> Audited:
    """Compare a rule in the outputs that it sends a gradient back from."""
    fewer = without(call, muted)
    plain = reversible(fewer)
    found = (
        by_numbers(fewer, seed)
        if plain is None
        else _compared(fewer, plain, by_design, seed, explain)
    )
    numbers = f"{'output' if len(muted) == 1 else 'outputs'} {listed([str(k) for k in muted])}"
    how = f"{NO_GRADIENT} from {numbers}; {found.how or 'right in the others'}"
    if found.status != "agrees":
        return replace(found, how=how)
    status: Status = "by design" if call.name in by_design else "differs by design?"
    return replace(found, status=status, how=how)


def _has_wrong(report: Report) -> bool:
    return any(node.verdict == "wrong" for node in report.nodes)


def _judged(
    call: RuleCall, design: str, report: Report, by_design: Sequence[str]
) -> tuple[Status, str]:
    verdicts = {node.verdict for node in report.nodes}
    if "wrong" in verdicts:
        first = report.first_wrong
        how = design or (f"first in {first.name}" if first else "")
        if call.name in by_design:
            return "by design", how
        return ("differs by design?", design) if design else ("wrong", how)
    if call.name in by_design:
        return "agrees", "declared to differ, but it does not"
    if "unchecked" in verdicts:
        return "unchecked", "not finite where it was met"
    if "imprecise" in verdicts:
        return "imprecise", "right on paper, less precise than autodiff"
    return "agrees", ""


def _unchecked(call: RuleCall, why: str, many: int) -> Audited:
    return Audited(Report((), name=call.name, where=call.where), call.kind, "unchecked", why, many)
