"""Compare one rule with autodiff of its plain body, as ``check_rule`` compares a user's."""

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from compare.agreement import check_rule
from compare.program.rules import RuleCall
from compare.report import Report

#: Rules with more numbers than this among their operands are checked at their own inputs only.
LARGE = 200_000


def checked(call: RuleCall, plain: Callable[..., Any], seed: int, explain: bool) -> Report:
    """Return the comparison of a rule at the values that it met, and at others.

    Args:
        call: The rule.
        plain: The function, differentiable by autodiff.
        seed: Of the random draws.
        explain: Whether to search for the cause of what is wrong.
    """
    size = sum(np.size(value) for value in call.operands)

    def forward(*operands: Any) -> tuple[list[Any], tuple[Any, ...]]:
        return call.with_rule(*operands), operands

    def backward(operands: tuple[Any, ...], sent: list[Any]) -> tuple[Any, ...]:
        returned: tuple[Any, ...] = jax.vjp(call.with_rule, *operands)[1](sent)
        return returned

    def compared(vary: bool) -> Report:
        function = _labelled(plain, call.labels)
        return check_rule(
            function, forward, backward, *call.operands, seed=seed, vary=vary, explain=explain
        )

    try:
        report = compared(size <= LARGE)
    except jax.errors.JaxRuntimeError:  # it stops the program on inputs that it is not made for
        report = compared(False)
    setting = replace(report.setting, loss=call.name, gradient=f"the rule of {call.name}")
    return replace(report, name=call.name, where=call.where, setting=setting)


def _labelled(function: Callable[..., Any], labels: Sequence[str]) -> Callable[..., Any]:
    """Return the function with named arguments, as its author has them."""
    names = [label if label.isidentifier() else f"x{k}" for k, label in enumerate(labels)]
    if len(set(names)) != len(names):
        names = [f"x{k}" for k in range(len(labels))]

    @functools.wraps(function)
    def named(*operands: Any) -> Any:
        return function(*operands)

    kind = inspect.Parameter.POSITIONAL_ONLY
    named.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names]
    )
    return named
