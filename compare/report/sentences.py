"""What a report says in sentences: the verdict, the cause, what a pass is worth, the setting."""

import math

from compare.report import words
from compare.report.coverage import Coverage
from compare.report.diagnosis import KINDS, Diagnosis
from compare.report.nodes import Node
from compare.report.report import Report


def verdict(report: Report) -> str:
    """Return the verdict in one sentence, with place and size."""
    first = report.first_wrong
    if first is None:
        return _agreement(report)
    share = f"{len(report.wrong)} of {words.count(len(report.nodes), 'node')}"
    if any(node.verdict == "wrong" for node in report.wrong):
        return f"hand and autodiff gradients differ in {share}, first in {disagreement(first)}."
    if first.verdict == "imprecise":
        return (
            f"hand and autodiff gradients agree on paper, but not in {first.dtype} "
            f"in {share}, first in {imprecision(first)}."
        )
    names = words.listed([node.name for node in report.wrong])
    return f"hand and autodiff gradients were not compared in {share}: {names}."


def _agreement(report: Report) -> str:
    count = len(report.nodes)
    if not count:
        return "nothing was compared: there is no node."
    kinks = [node.name for node in report.nodes if node.verdict == "kink"]
    smooth = [node for node in report.nodes if node.verdict == "agrees"]
    tail = f", {words.listed(kinks)} at a kink" if kinks else ""
    if smooth:
        worst = max(smooth, key=lambda node: node.formula_error)
        tail += f"; largest formula error {words.error(worst.formula_error)}, in {worst.name}"
    nodes = {1: "the one node", 2: "both nodes"}.get(count, f"all {count} nodes")
    return f"hand and autodiff gradients agree in {nodes}{tail}."


def disagreement(node: Node) -> str:
    """Return where a node is wrong, with both numbers."""
    if node.worst is None:
        return f"{node.name}: formula error {words.error(node.formula_error)}"
    hand, reference = map(words.value, (node.worst.hand, node.worst.reference))
    return f"{words.element(node)}: hand {hand}, autodiff {reference}"


def imprecision(node: Node) -> str:
    """Return how far a node is off in working precision, beside autodiff."""
    own = f"autodiff's own {words.error(node.autodiff_error)}"
    if not math.isfinite(node.working_error):
        return f"{words.element(node)}: not finite; {own}"
    return f"{words.element(node)}: error {words.error(node.working_error)}, {own}"


def diagnoses(report: Report) -> tuple[Diagnosis, ...]:
    """Return the diagnosis, and those of further, independent mistakes."""
    first = report.diagnosis
    return (first, *first.further) if first else ()


def cause(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the kind of mistake with its reason, the evidence, and the edit that mends it."""
    reason = diagnosis.why or KINDS[diagnosis.kind]
    evidence = (diagnosis.evidence,) if diagnosis.evidence else ()
    return (f"{diagnosis.kind}: {reason}", *evidence, *_mend(diagnosis))


def source(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the suspected line with its place, and a line with carets under the expression."""
    if not diagnosis.where:
        return ()
    before, marked, after = marked_line(diagnosis)
    place = f"{words.path(diagnosis.file)}:{diagnosis.line}  "
    line = place + before + marked + after
    return (line, " " * (len(place) + len(before)) + "^" * len(marked)) if marked else (line,)


def marked_line(diagnosis: Diagnosis) -> tuple[str, str, str]:
    """Return the suspected line without indentation: before, in and after the expression."""
    first, last = diagnosis.span
    line = diagnosis.text
    if not last:
        return line.strip(), "", ""
    return line[:first].lstrip(), line[first:last], line[last:].rstrip()


def _mend(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the edit that makes the nodes agree, and the others that do."""
    if not diagnosis.edit:
        return ()
    checked = "verified on fresh inputs" if diagnosis.verified else "not verified"
    lines = [f"edit that makes all nodes agree: {diagnosis.edit}   ({checked})"]
    return (*lines, *(f"or: {other}" for other in diagnosis.alternatives))


def remarks(report: Report) -> tuple[str, ...]:
    """Return the notes, the weak probes, and what a pass is worth."""
    said = (
        *(f"note: {note}" for note in report.notes),
        *(f"weak probe: {warning}" for warning in report.coverage.warnings),
        _floor(report.coverage),
    )
    return tuple(sentence for sentence in said if sentence)


def _floor(coverage: Coverage) -> str:
    """Return what a pass is worth: the smallest fault that would have been caught everywhere."""
    if not coverage.floors:
        return ""
    name, largest = max(coverage.floors.items(), key=lambda item: item[1])
    if not math.isfinite(largest):
        blind = [node for node, size in coverage.floors.items() if not math.isfinite(size)]
        return f"floor: no fault in {words.listed(blind)} could have been caught on these inputs."
    where = f", least in {name}" if len(coverage.floors) > 1 else ""
    return f"floor: a fault above {words.error(largest)} of a node's size would be caught{where}."


def footer(report: Report) -> tuple[str, ...]:
    """Return what the errors are, and under what the comparison was made."""
    return (*(_legend(report) if report.nodes else ()), _setting(report))


def _legend(report: Report) -> tuple[str, ...]:
    """Return what the columns of errors mean."""
    dtypes = words.listed(sorted({node.dtype for node in report.nodes})) or "working precision"
    return (
        (
            "formula: hand against autodiff, both in float64; the largest difference over the "
            "node's largest element. The allowed part of it is rounding."
        ),
        (f"hand, autodiff: each in {dtypes} against autodiff in float64, measured the same way."),
    )


def _setting(report: Report) -> str:
    """Return what was compared, under what: enough to make it again."""
    made, place = report.setting, f" ({words.path(report.where)})" if report.where else ""
    hand, loss = words.function(made.gradient), words.function(made.loss)
    names = f"{hand}{place} against jax.grad({loss})" if hand else ""
    parts = [
        made.dtype and f"{made.dtype} on {made.device or 'the default device'}",
        made.jax and f"jax {made.jax}",
        f"seed {made.seed}",
        words.count(report.coverage.probes, "set of inputs", "sets of inputs"),
        made.seconds and words.duration(made.seconds),
    ]
    conditions = ", ".join(part for part in parts if part)
    return f"{names}: {conditions}." if names else f"{conditions}."
