"""A mistake that the caller's inputs do not show, and how a report tells it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.question import Question
from compare.agreement.settings import AS_GIVEN
from compare.agreement.special import Finding
from compare.agreement.witnesses import Arrays, Witnesses
from compare.report import Node, Report
from compare.report.diagnosis import KINDS

#: What is said of a node that is wrong, though not at the caller's inputs.
ELSEWHERE = "on other inputs than yours"
#: A number that an edit brings in: in other shapes it may be another one.
NUMBER = re.compile(r"-> .*(\d\.\d|\b[2-9]\b|\b\d{2,})")


@dataclass(frozen=True, eq=False)
class Fault:
    """A mistake, and inputs that show it.

    Attributes:
        question: With all inputs that were varied.
        exact: Its witnesses.
        inputs: They show the mistake; few of them are not the caller's.
        findings: The wrong nodes.
        sight: Both sides there.
        why: What is special about the inputs.
        assignments: The inputs as Python.
        others: Further inputs that a repair has to hold at.
        in_other_shapes: Whether the inputs have other shapes than the caller's.
    """

    question: Question
    exact: Witnesses
    inputs: Arrays
    findings: dict[int, Finding]
    sight: Sight
    why: str
    assignments: tuple[str, ...]
    others: Sequence[Arrays] = ()
    in_other_shapes: bool = False


def elsewhere(report: Report, fault: Fault) -> Report:
    """Return the report of a mistake, saying that other inputs than the caller's show it."""
    if fault.why == AS_GIVEN and not fault.assignments:
        return report
    said = f"wrong on inputs that the check drew, though not on yours ({fault.why})"
    if fault.assignments:
        said += f": {'; '.join(fault.assignments)}"
    diagnosis = report.diagnosis
    if diagnosis is not None and fault.in_other_shapes and NUMBER.search(diagnosis.edit):
        evidence = f"no edit holds in every shape; {diagnosis.evidence}"
        diagnosis = replace(diagnosis, edit="", verified=False, alternatives=(), evidence=evidence)
    broken = any(not np.isfinite(fault.sight.hand[k]).all() for k in fault.findings)
    if diagnosis is not None and broken:
        kind = "numerically-unstable"
        evidence = "the hand's value is inf or nan where autodiff's is an ordinary number"
        diagnosis = replace(diagnosis, kind=kind, why=KINDS[kind], evidence=evidence)
    return replace(
        report,
        nodes=tuple(map(_noted, report.nodes)),
        diagnosis=diagnosis,
        notes=(said, *report.notes),
    )


def _noted(node: Node) -> Node:
    """Return a node, which if wrong says that it is on other inputs."""
    if node.verdict != "wrong":
        return node
    return replace(node, note=f"{ELSEWHERE}; {node.note}" if node.note else ELSEWHERE)
