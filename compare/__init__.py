"""Compare hand-derived gradients with autodiff, explain the difference, train with either."""

from compare.agreement import (
    DerivationError,
    GradientStructureError,
    assert_gradients_agree,
    check_gradient,
    check_rule,
)
from compare.report import Diagnosis, GradientMismatch, Node, Report

__all__ = [
    "DerivationError",
    "Diagnosis",
    "GradientMismatch",
    "GradientStructureError",
    "Node",
    "Report",
    "assert_gradients_agree",
    "check_gradient",
    "check_rule",
]
