"""When a difference between a rule and autodiff of its plain body proves nothing."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.fault import ELSEWHERE
from compare.program.rules import FAILURES, RuleCall
from compare.program.widening import is_float
from compare.report import Report

#: What is said of such rules.
EXCUSE = "numeric differentiation sides with the rule; autodiff of its plain body does not apply"
BEYOND = "but for differences below one rounding of the function's own size"
SIGN = "but not where {} another sign than it was met with; its body does not ask for one"
ITERATES = "its body iterates, and neither autodiff nor numbers tell its derivative"


def iterates(call: RuleCall) -> bool:
    """Whether a rule's plain body repeats something until it is good enough."""
    return " while[" in str(jax.make_jaxpr(call.plain)(*call.operands))


def is_beyond_floats(call: RuleCall, report: Report) -> bool:
    """Whether a rule differs on drawn inputs only, by less than the function can show.

    A function that is approximated to one rounding of its size has a derivative no better than
    that: where it has all but vanished, nothing of it is right.
    """
    wrong = [node.worst for node in report.nodes if node.verdict == "wrong"]
    worst = [abs(one.hand - one.reference) for one in wrong if one is not None]
    if not wrong or len(worst) < len(wrong):
        return False
    values = [np.asarray(out) for out in call.plain(*call.operands) if is_float(out)]
    inputs = [np.asarray(value) for value in call.operands if is_float(value)]
    large, reach = (
        max((float(np.abs(array).max(initial=0.0)) for array in arrays), default=0.0)
        for arrays in (values, inputs)
    )
    return bool(max(worst) * max(reach, 1.0) <= np.finfo(np.float64).eps * large)


def is_finite(call: RuleCall) -> bool:
    """Whether a function's values are finite where it was met."""
    try:
        outputs = call.plain(*call.operands)
    except FAILURES:
        return False
    return all(bool(jnp.isfinite(out).all()) for out in outputs if is_float(out))


def differs_where_met(report: Report) -> bool:
    """Whether a rule is wrong at the values that it met, not just at others that were drawn."""
    wrong = [node for node in report.nodes if node.verdict == "wrong"]
    return bool(wrong) and not any(ELSEWHERE in node.note for node in wrong)


def excused(report: Report, why: str) -> Report:
    """Return the report of a rule that is right although autodiff says otherwise."""
    nodes = tuple(
        replace(node, verdict="agrees", note=why) if not node.good else node
        for node in report.nodes
    )
    return replace(report, nodes=nodes, diagnosis=None, notes=(why, *report.notes))
