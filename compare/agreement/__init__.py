"""The judgement: does a hand derivation agree with autodiff, and if not, where first."""

from compare.agreement.check import assert_gradients_agree, check_gradient
from compare.agreement.errors import DerivationError, GradientStructureError
from compare.agreement.rule import check_rule

__all__ = [
    "DerivationError",
    "GradientStructureError",
    "assert_gradients_agree",
    "check_gradient",
    "check_rule",
]
