"""Say what the first wrong step's mistake looks like, and where it was written."""

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.question import Question
from compare.agreement.residual import pattern
from compare.agreement.witnesses import Arrays, Witnesses
from compare.report import Diagnosis, Node
from compare.report.diagnosis import KINDS


def find_cause(
    question: Question,
    witnesses: Witnesses,
    inputs: Arrays,
    sight: Sight,
    isolated: Arrays,
    node: Node,
) -> Diagnosis:
    """Return the diagnosis of the first wrong node.

    Args:
        question: What was asked.
        witnesses: In float64.
        inputs: The point.
        sight: Both sides there.
        isolated: The derivation with each step fed from autodiff.
        node: The first wrong node.
    """
    names = [subject.name for subject in witnesses.subjects]
    k = names.index(node.name)
    output = witnesses.hand.outputs[k]
    position = witnesses.hand.writer.get(output)
    place = witnesses.hand.equations[position].place if position is not None else None
    values = dict(zip(question.arguments.names, inputs, strict=True))
    wrong = sight.differs(k)
    if node.verdict == "imprecise":
        kind = "precision-loss" if np.isfinite(node.working_error) else "numerically-unstable"
        evidence = node.note
    elif node.note and node.verdict == "wrong":
        kind, evidence = "wrong-at-kink", node.note
    else:
        found = pattern(
            isolated[k], sight.reference[k], wrong, _lengths(question), values.get(node.name)
        )
        kind, evidence = found.kind, found.evidence
    return Diagnosis(
        kind=kind,
        file=place.file if place else "",
        line=place.line if place else 0,
        code=place.code if place else "",
        columns=place.columns if place else (0, 0),
        why=KINDS[kind],
        evidence=evidence,
    )


def _lengths(question: Question) -> list[tuple[str, int]]:
    """Return the axis lengths of the data, named, the rows of each first."""
    arguments = question.arguments
    found: list[tuple[str, int]] = []
    for name, value in zip(arguments.names, arguments.values, strict=True):
        rows = ("rows of", "columns of") if value.ndim == 2 else ("length of axis",) * value.ndim
        found.extend(
            (f"{word} {name}", length) for word, length in zip(rows, value.shape, strict=False)
        )
    return found
