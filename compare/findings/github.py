"""Lines that GitHub reads from a job's output and shows at the code.

Source: GitHub Docs, "Workflow commands for GitHub Actions", setting an error or warning message.
"""

from collections.abc import Iterable

from compare.findings.finding import Finding


def annotations(findings: Iterable[Finding]) -> list[str]:
    """Return one workflow command a finding: ``::error file=m.py,line=3,title=...::message``."""
    return [_annotation(finding) for finding in findings]


def _annotation(finding: Finding) -> str:
    properties = {"title": finding.rule}
    if finding.line:
        properties = {"file": finding.relative, "line": str(finding.line), **_columns(finding)}
        properties["title"] = finding.rule
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{finding.level} {told}::{_data(finding.message)}"


def _columns(finding: Finding) -> dict[str, str]:
    """Return the columns, 1-based, the last one included."""
    first, last = finding.columns
    return {"col": str(first + 1), "endColumn": str(last)} if last else {}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
