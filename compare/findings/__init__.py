"""What was found, for machines that mark lines: SARIF, and GitHub's annotations."""

from compare.findings.finding import Finding, of_audit, of_check, of_failure
from compare.findings.github import annotations
from compare.findings.replacement import Replacement, replacement
from compare.findings.sarif import sarif

__all__ = [
    "Finding",
    "Replacement",
    "annotations",
    "of_audit",
    "of_check",
    "of_failure",
    "replacement",
    "sarif",
]
