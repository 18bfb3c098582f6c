"""What was found as SARIF, the format that code scanning and editors read.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", 2020: runs 3.14,
results 3.27, regions 3.30, fixes 3.55.
"""

import hashlib
from collections.abc import Sequence
from importlib import metadata
from typing import Any
from urllib.parse import quote

from compare.findings.finding import RULES, Finding, root
from compare.findings.replacement import Replacement

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "SRCROOT"


def sarif(findings: Sequence[Finding], failures: Sequence[str] = ()) -> dict[str, Any]:
    """Return a log of one run.

    A result says where it is; what has no place is told as a notification of the run.

    Args:
        findings: What was found.
        failures: Why something could not be checked at all.
    """
    invocation: dict[str, Any] = {"executionSuccessful": not failures}
    told = [("error", failure) for failure in failures]
    told += [(finding.level, finding.message) for finding in findings if not finding.line]
    if told:
        invocation["toolExecutionNotifications"] = [
            {"level": level, "message": {"text": text}} for level, text in dict.fromkeys(told)
        ]
    run = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"uri": f"{root().as_uri().rstrip('/')}/"}},
        "invocations": [invocation],
        "results": [_result(finding) for finding in findings if finding.line],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver() -> dict[str, Any]:
    try:
        version = {"semanticVersion": metadata.version("handgrad")}
    except metadata.PackageNotFoundError:  # run from its sources
        version = {}
    rules = [
        {"id": rule, "name": _name(rule), "shortDescription": {"text": text}}
        for rule, text in RULES.items()
    ]
    return {"name": "handgrad", **version, "rules": rules}


def _name(rule: str) -> str:
    return "".join(word.capitalize() for word in rule.split("-"))


def _result(finding: Finding) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(finding), "region": _region(finding)}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"handgrad/v1": _fingerprint(finding)},
    }
    if finding.fix:
        result["fixes"] = [_fix(finding, finding.fix)]
    return result


def _artifact(finding: Finding) -> dict[str, Any]:
    path = finding.relative
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": _BASE}


def _region(finding: Finding) -> dict[str, Any]:
    first, last = finding.columns
    columns = {"startColumn": first + 1, "endColumn": last + 1} if last else {}
    return {"startLine": finding.line, **columns}


def _fix(finding: Finding, fix: Replacement) -> dict[str, Any]:
    (line, column), (last, end) = fix.start, fix.end
    region = {
        "startLine": line,
        "startColumn": column + 1,
        "endLine": last,
        "endColumn": end + 1,
    }
    change = {"deletedRegion": region, "insertedContent": {"text": fix.text}}
    return {
        "description": {"text": f"write {fix.text}; verified on fresh inputs"},
        "artifactChanges": [{"artifactLocation": _artifact(finding), "replacements": [change]}],
    }


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same while the lines above move."""
    said = f"{finding.rule}\n{finding.relative}\n{finding.name}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]
