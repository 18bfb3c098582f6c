"""Compare hand-derived gradients with autodiff, explain the difference, train with either.

Names are imported when they are first asked for: ``handgrad --help`` needs no JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.agreement import (
        DerivationError,
        GradientStructureError,
        assert_gradients_agree,
        check_gradient,
        check_rule,
    )
    from compare.auditing import AuditReport, audit
    from compare.report import Diagnosis, GradientMismatch, Node, Report
    from compare.training import (
        History,
        LockstepResult,
        NonFinite,
        Stream,
        SweepResult,
        TrainResult,
        evaluate,
        lockstep,
        sweep,
        train,
    )

__all__ = [
    "AuditReport",
    "DerivationError",
    "Diagnosis",
    "GradientMismatch",
    "GradientStructureError",
    "History",
    "LockstepResult",
    "Node",
    "NonFinite",
    "Report",
    "Stream",
    "SweepResult",
    "TrainResult",
    "assert_gradients_agree",
    "audit",
    "check_gradient",
    "check_rule",
    "evaluate",
    "lockstep",
    "sweep",
    "train",
]

_AUDIT = {"AuditReport", "audit"}
_REPORT = {"Diagnosis", "GradientMismatch", "Node", "Report"}
_TRAINING = {
    *("History", "LockstepResult", "NonFinite", "Stream", "SweepResult", "TrainResult"),
    *("evaluate", "lockstep", "sweep", "train"),
}


def __getattr__(name: str) -> Any:
    """Import a public name from where it is at home."""
    if name not in __all__:
        raise AttributeError(f"module 'compare' has no attribute {name!r}")
    homes = {"auditing": _AUDIT, "report": _REPORT, "training": _TRAINING}
    home = next((home for home, names in homes.items() if name in names), "agreement")
    value = getattr(import_module(f"compare.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
