"""Audit: every derivative rule that a function meets, each against its plain body."""

from compare.audit.examine import audit
from compare.audit.records import Audited, AuditReport, RulesDisagree

__all__ = ["AuditReport", "Audited", "RulesDisagree", "audit"]
