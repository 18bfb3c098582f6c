"""Audit: every derivative rule that a function meets, each against its plain body."""

from compare.auditing.examine import audit
from compare.auditing.records import Audited, AuditReport, RulesDisagree

__all__ = ["AuditReport", "Audited", "RulesDisagree", "audit"]
