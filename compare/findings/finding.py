"""One thing to mark in the source: what, how bad, on which line, and how to mend it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from compare.auditing import Audited, AuditReport
from compare.findings.replacement import Replacement, replacement
from compare.report import Diagnosis, Report, sentences
from compare.report.diagnosis import KINDS

Level: TypeAlias = Literal["error", "warning"]

#: What a finding may be besides a kind of mistake.
OTHERS = MappingProxyType(
    {
        "differs-by-design": "the rule is not the derivative, in a way that people choose.",
        "unchecked": "there was nothing to compare with, or nothing finite.",
        "cannot-be-checked": "it cannot be run as it must be to be compared.",
    }
)
#: All that a finding may be, each with one sentence.
RULES = MappingProxyType({**KINDS, **OTHERS})
#: An audit's words that are no evidence of a mistake, and what they are called as a finding.
_STATUSES = MappingProxyType({"differs by design?": "differs-by-design", "unchecked": "unchecked"})


@dataclass(frozen=True)
class Finding:
    """Something to mark.

    Attributes:
        rule: A kind of mistake, or one of ``OTHERS``.
        level: "error" for what is wrong, "warning" for what is doubtful.
        message: What is wrong and what mends it, a sentence a line.
        name: The check or the derivative rule that it was found in.
        file: Where, as told by the traceback; "" when unknown.
        line: 1-based; 0 when unknown.
        columns: First and last column in it, in characters, 0-based, end exclusive; (0, 0) unknown.
        fix: What to write instead; None unless verified.
    """

    rule: str
    level: Level
    message: str
    name: str = ""
    file: str = ""
    line: int = 0
    columns: tuple[int, int] = (0, 0)
    fix: Replacement | None = None

    @property
    def relative(self) -> str:
        """The file as it is reached from the repository's root; its full path when outside."""
        return from_root(self.file) if self.file else ""


def root() -> Path:
    """Return the folder that paths are told from: the checkout where CI runs, or this one."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()


def from_root(file: str) -> str:
    """Return a file's path from the root with forward slashes; all of it when it lies outside."""
    path = Path(file).resolve()
    return (path.relative_to(root()) if path.is_relative_to(root()) else path).as_posix()


def of_check(name: str, report: Report) -> list[Finding]:
    """Return what a comparison found; nothing when it agrees."""
    if report.agrees:
        return []
    wrong = any(node.verdict == "wrong" for node in report.nodes)
    told = sentences.diagnoses(report)
    if told:
        return [_diagnosed(name, report, diagnosis, wrong) for diagnosis in told]
    file, line = _place(report.where)
    rule = "unknown" if wrong else "unchecked"
    return [Finding(rule, _level(wrong), _said(name, report), name, file, line)]


def of_failure(message: str, place: tuple[str, int], told: Diagnosis | None) -> list[Finding]:
    """Return why nothing could be compared, marked where the blame is."""
    if told is None:
        return [Finding("cannot-be-checked", "error", message, "", *place)]
    return [
        Finding(
            one.kind,
            "error",
            message,
            file=one.file or place[0],
            line=one.line or place[1],
            columns=one.span,
            fix=replacement(one) if one.verified else None,
        )
        for one in (told, *told.further)
    ]


def of_audit(report: AuditReport) -> list[Finding]:
    """Return what an audit found, the worst first."""
    return [finding for rule in report.rules for finding in _of_rule(rule)]


def _of_rule(rule: Audited) -> Iterable[Finding]:
    report = rule.report
    file, line = _place(report.where)
    if rule.status in _STATUSES:
        message = f"{report.name}, {rule.status.rstrip('?')}: {rule.how}"
        yield Finding(_STATUSES[rule.status], "warning", message, report.name, file, line)
    elif rule.status in ("wrong", "imprecise"):
        yield from of_check(report.name, report)


def _diagnosed(name: str, report: Report, diagnosis: Diagnosis, wrong: bool) -> Finding:
    place, columns = (diagnosis.file, diagnosis.line), diagnosis.span
    if not diagnosis.line:
        place, columns = _place(report.where), (0, 0)
    message = "\n".join((_said(name, report), *sentences.cause(diagnosis)))
    fix = replacement(diagnosis) if diagnosis.verified else None
    return Finding(diagnosis.kind, _level(wrong), message, name, *place, columns, fix)


def _said(name: str, report: Report) -> str:
    return f"{name}: {sentences.verdict(report)}" if name else sentences.verdict(report)


def _level(wrong: bool) -> Level:
    return "error" if wrong else "warning"


def _place(where: str) -> tuple[str, int]:
    file, _, line = where.rpartition(":")
    return (file, int(line)) if file and line.isdigit() else ("", 0)
