"""Check a rule by numeric differentiation alone, where autodiff cannot take its plain body."""

from collections.abc import Sequence

import numpy as np

from compare.auditing.design import NO_GRADIENT
from compare.auditing.numbers import Slope, slopes
from compare.auditing.records import Audited
from compare.program.rules import FAILURES, RuleCall
from compare.report import Node, Report
from compare.report.nodes import Verdict
from compare.report.report import Setting
from compare.report.words import listed

#: Directions in each operand.
DIRECTIONS = 4
NEITHER = "autodiff takes its plain body in neither direction"
NUMBERS = "by numeric differentiation at the values met; autodiff does not take its body"


def by_numbers(call: RuleCall, seed: int) -> Audited:
    """Return what numeric differentiation says of a rule, at the values that it met."""
    try:
        found = slopes(call, None, np.random.default_rng(seed), DIRECTIONS)
    except FAILURES:
        found = []
    clear = bool(found) and all(slope.clear for slope in found)
    nodes = tuple(
        _node(call, k, [slope for slope in found if slope.operand == k])
        for k in sorted({slope.operand for slope in found})
    )
    setting = Setting(loss=call.name, gradient=f"the rule of {call.name}", seed=seed)
    report = Report(nodes, setting=setting, name=call.name, where=call.where, notes=(NUMBERS,))
    wrong = [node for node in nodes if node.verdict == "wrong"]
    if wrong and len(wrong) < len(nodes) and all(node.ratio == 0 for node in wrong):
        how = f"{NO_GRADIENT} to {listed([node.name for node in wrong])}"
        return Audited(report, call.kind, "differs by design?", how)
    if wrong:
        first = report.first_wrong
        return Audited(report, call.kind, "wrong", f"first in {first}, {NUMBERS}")
    if not clear:
        return Audited(
            Report((), name=call.name, where=call.where), call.kind, "unchecked", NEITHER
        )
    return Audited(report, call.kind, "agrees", NUMBERS)


def _node(call: RuleCall, operand: int, found: Sequence[Slope]) -> Node:
    value = np.asarray(call.operands[operand])
    wrong = [slope for slope in found if slope.sharp and not slope.same(slope.rule)]
    verdict: Verdict = "agrees" if all(slope.clear for slope in found) else "unchecked"
    worst = max(found, key=lambda slope: abs(slope.numbers - slope.rule) / (slope.size or 1.0))
    return Node(
        call.labels[operand],
        "parameter",
        value.shape,
        str(value.dtype),
        "wrong" if wrong else verdict,
        formula_error=abs(worst.numbers - worst.rule) / (worst.size or 1.0),
        allowance=worst.error / (worst.size or 1.0),
        ratio=worst.rule / worst.numbers if worst.numbers else float("nan"),
        note="along directions, by numeric differentiation",
    )
