"""What an audit found, one line a rule."""

import html
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from compare.report import Report
from compare.report.words import count, path

Status: TypeAlias = Literal[
    "wrong", "differs by design?", "imprecise", "unchecked", "by design", "agrees"
]

#: From the worst to the best.
ORDER: tuple[Status, ...] = (
    "wrong",
    "differs by design?",
    "imprecise",
    "unchecked",
    "by design",
    "agrees",
)


class RulesDisagree(AssertionError):  # noqa: N818, as GradientMismatch is
    """A rule is not the derivative of its function; ``.report`` says which."""

    def __init__(self, report: "AuditReport") -> None:
        """Carry the report, and show it as the message."""
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True, eq=False)
class Audited:
    """One rule.

    Attributes:
        report: Its comparison with the plain function.
        kind: "custom_vjp" or "custom_jvp".
        status: What was found.
        how: In which way it differs, or why it could not be checked.
        calls: How often it was met.
    """

    report: Report
    kind: str
    status: Status
    how: str = ""
    calls: int = 1

    @property
    def line(self) -> str:
        """The rule in one line."""
        report = self.report
        file, _, number = report.where.rpartition(":")
        place = f"{path(file)}:{number}" if file else "place unknown"
        told = f": {self.how}" if self.how else ""
        return f"{self.status:<18}  {report.name}  ({self.kind}, {place}){told}"


@dataclass(frozen=True, eq=False)
class AuditReport:
    """All rules, the worst first.

    Attributes:
        name: Of the function audited.
        rules: What was found of each.
        seconds: How long it took.
    """

    name: str
    rules: tuple[Audited, ...]
    seconds: float = 0.0

    @property
    def reports(self) -> tuple[Report, ...]:
        """One report a rule, with ``.name`` and ``.where``; the worst first."""
        return tuple(rule.report for rule in self.rules)

    @property
    def agrees(self) -> bool:
        """Whether every rule is the derivative of its function, or declared not to be."""
        good = ("agrees", "by design", "unchecked")
        return all(rule.status in good for rule in self.rules)

    @property
    def wrong(self) -> tuple[Audited, ...]:
        """The rules that are mistaken, so far as the numbers tell."""
        return tuple(rule for rule in self.rules if rule.status == "wrong")

    def raise_if_wrong(self) -> "AuditReport":
        """Return the report, or raise ``RulesDisagree`` with it when a rule disagrees."""
        if not self.agrees:
            raise RulesDisagree(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain dictionaries, lists, strings and numbers."""
        return {
            "name": self.name,
            "agrees": self.agrees,
            "seconds": self.seconds,
            "rules": [
                {
                    "name": rule.report.name,
                    "where": rule.report.where,
                    "kind": rule.kind,
                    "status": rule.status,
                    "how": rule.how,
                    "calls": rule.calls,
                    "report": json.loads(rule.report.to_json()),
                }
                for rule in self.rules
            ],
        }

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False)

    @property
    def undeclared(self) -> tuple[Audited, ...]:
        """The rules that differ in a way that people choose, and nobody said so."""
        return tuple(rule for rule in self.rules if rule.status == "differs by design?")

    @property
    def summary(self) -> str:
        """The counts, and one line a rule."""
        return "\n".join([self._heading(), *(f"  {rule.line}" for rule in self.rules)])

    def __str__(self) -> str:
        """Return one line a rule, then the reports of those that are wrong."""
        told = [f"{rule.report.name}\n{rule.report}" for rule in self.wrong]
        if self.undeclared:
            told.append('if by design, declare it: audit(..., by_design=("name", ...))')
        return "\n\n".join([self.summary, *told])

    def _repr_html_(self) -> str:
        """Return the report as a notebook shows it."""
        rows = "".join(
            f"<tr><td>{html.escape(rule.status)}</td><td>{html.escape(rule.report.name)}</td>"
            f"<td>{html.escape(rule.kind)}</td><td>{html.escape(rule.report.where)}</td>"
            f"<td>{html.escape(rule.how)}</td></tr>"
            for rule in self.rules
        )
        details = "".join(rule.report._repr_html_() for rule in self.wrong)
        return f"<p>{html.escape(self._heading())}</p><table>{rows}</table>{details}"

    def _heading(self) -> str:
        if not self.rules:
            return f"{self.name}: no derivative rule was met."
        number = count(len(self.rules), "derivative rule")
        found = {status: sum(r.status == status for r in self.rules) for status in ORDER}
        parts = [f"{many} {status.rstrip('?')}" for status, many in found.items() if many]
        return f"{self.name}: {number}; {', '.join(parts)}."
