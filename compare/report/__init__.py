"""What a comparison found: plain records, and how they show themselves."""

from compare.report.coverage import Branch, Coverage
from compare.report.diagnosis import Diagnosis
from compare.report.nodes import Node, Worst
from compare.report.report import GradientMismatch, Report, Setting

__all__ = [
    "Branch",
    "Coverage",
    "Diagnosis",
    "GradientMismatch",
    "Node",
    "Report",
    "Setting",
    "Worst",
]
