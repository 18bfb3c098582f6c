"""A report as plain text: the verdict in one sentence, the cause, then every node by name."""

from typing import TYPE_CHECKING

from compare.report.diagnosis import KINDS, Diagnosis
from compare.report.nodes import Node

if TYPE_CHECKING:
    from compare.report.report import Report


def render(report: "Report") -> str:
    """Return the report as lines of plain text, without colour."""
    parts = [headline(report)]
    if report.diagnosis:
        parts.append(cause(report.diagnosis))
    parts.append(table(report.nodes))
    parts.extend(f"note: {note}" for note in report.notes)
    parts.extend(f"weak probe: {warning}" for warning in report.coverage.warnings)
    if report.agrees and report.coverage.floors:
        floor = max(report.coverage.floors.values())
        parts.append(f"a fault above {floor:.0e} of any leaf's size would have been caught here.")
    return "\n".join(parts)


def headline(report: "Report") -> str:
    """Return the verdict: how many differ, which is first, its worst element."""
    total = len(report.nodes)
    kinks = sum(node.verdict == "kink" for node in report.nodes)
    if report.agrees:
        tail = f" ({kinks} differ only at a kink)" if kinks else ""
        return f"hand and autodiff gradients agree in all {total} nodes{tail}."
    wrong, first = report.wrong, report.first_wrong
    assert first is not None
    lines = [f"hand and autodiff gradients differ in {len(wrong)} of {total} nodes."]
    lines.append(f"  first wrong, nearest the loss: {describe(first)}")
    return "\n".join(lines)


def describe(node: Node) -> str:
    """Return a node's name, shape and worst element with both numbers."""
    line = f"{node.name} {list(node.shape)}"
    if node.worst is not None:
        index = list(node.worst.index)
        where = f"worst element {index}: " if index else ""
        line += f"; {where}hand {node.worst.hand:.6g}, autodiff {node.worst.reference:.6g}"
    return line


def cause(diagnosis: Diagnosis) -> str:
    """Return the diagnosis: place, code, kind, why, edit."""
    lines = []
    if diagnosis.where:
        lines.append(f"  {diagnosis.where}  {diagnosis.code.strip()}")
    why = diagnosis.why or KINDS[diagnosis.kind]
    lines.append(f"  {diagnosis.kind}: {why}")
    if diagnosis.evidence:
        lines.append(f"  {diagnosis.evidence}")
    if diagnosis.edit:
        checked = "verified on fresh inputs" if diagnosis.verified else "not verified"
        lines.append(f"  edit that makes all nodes agree: {diagnosis.edit}   ({checked})")
    lines.extend(f"  or: {other}" for other in diagnosis.alternatives)
    return "\n".join(lines)


def table(nodes: tuple[Node, ...]) -> str:
    """Return one line a node: verdict, name, shape, errors, and what is special."""
    width = max((len(node.name) for node in nodes), default=4)
    head = f"  {'verdict':9}  {'node':{width}}  {'shape':12}  {'formula':>8}  {'working':>8}  {'autodiff':>8}"
    rows = [head]
    for node in nodes:
        numbers = (node.formula_error, node.working_error, node.autodiff_error)
        errors = "  ".join(f"{number:8.1e}" for number in numbers)
        note = f"consequence of {node.consequence_of}" if node.consequence_of else node.note
        shape = "x".join(map(str, node.shape)) or "scalar"
        rows.append(f"  {node.verdict:9}  {node.name:{width}}  {shape:12}  {errors}  {note}".rstrip())
    return "\n".join(rows)
