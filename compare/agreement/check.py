"""The calls: check a gradient, check a custom rule, assert that gradients agree."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compare.agreement.argnums import meant
from compare.agreement.arguments import Argnums, split
from compare.agreement.errors import GradientStructureError
from compare.agreement.judge import judge
from compare.agreement.manners import defined, examined
from compare.agreement.numberless import refuse_numberless
from compare.agreement.question import Question, name_of
from compare.agreement.second import with_second_order
from compare.agreement.unreduced import with_cause
from compare.report import Report


def check_gradient(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    *args: Any,
    argnums: Argnums = 0,
    seed: int = 0,
    vary: bool = True,
    explain: bool = True,
    budget: float | None = None,
    order: int = 1,
) -> Report:
    """Compare a hand-derived gradient with autodiff of the loss.

    There is no tolerance to choose: the formula is judged in float64, where a right one agrees to
    rounding, and its execution in the caller's precision beside autodiff's own error there.

    Args:
        loss: Pure function of ``args`` returning a scalar.
        gradient: Called with the same ``args``; returns what ``jax.grad(loss, argnums)`` would.
            It may return ``(value, grads)`` as ``jax.value_and_grad`` does, and may add, last, a
            dictionary ``{"z1": dz1, ...}`` with cotangents of intermediates that the loss names
            with ``jax.ad_checkpoint.checkpoint_name(value, "z1")``.
        *args: Where to compare; a pytree each. Float arrays are varied, the rest is left as is.
        argnums: Which arguments gradients are taken of.
        seed: Of the check's own random draws.
        vary: Whether to look for mistakes on inputs of the check's own, too, when ``args`` show
            none.
        explain: Whether to search for the cause of what is wrong.
        budget: Seconds of computing that this search may take; unless given, it ends after a
            fixed amount of work (some 8 s), at the same point on every machine.
        order: 2 to compare the derivative of the gradient, too, once the gradient is right.

    Returns:
        The report; it compares equal trees by path and lists all nodes.

    Raises:
        GradientStructureError: If the gradient's tree, shapes or dtypes are not the arguments'.
        DerivationError: If either raises, cannot be traced by JAX, changes its arguments, or does
            something else on the second run; with the line.
        TypeError: If the loss is no scalar, or an argument to differentiate no float array.
        ValueError: If the gradient is autodiff of the same loss, ``order`` is neither 1 nor 2, or
            the loss is nan because an argument is nan or empty.
    """
    if order not in (1, 2):
        raise ValueError(f"order is {order!r}; wanted 1 (the gradient) or 2 (its derivative, too)")
    question = Question(loss, gradient, split(loss, args, argnums))
    odd = examined((loss, "the loss", args), (gradient, "the derivation", args))
    refuse_numberless(question)
    try:
        report = judge(question, seed, vary, explain, budget)
    except GradientStructureError as error:
        explained = with_cause(error, question, seed) if explain else error
        if explained.diagnosis is None and (where := defined(gradient)):
            told = f"{error}{meant(gradient, args, argnums)}"
            explained = GradientStructureError(f"{told}\n  returned by {name_of(gradient)}{where}")
        if explained is error:
            raise
        raise explained from error
    report = replace(report, notes=(*odd, *report.notes))
    return with_second_order(report, question, seed) if order == 2 else report


def assert_gradients_agree(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    *args: Any,
    argnums: Argnums = 0,
    seed: int = 0,
    vary: bool = True,
    explain: bool = True,
    budget: float | None = None,
    order: int = 1,
) -> Report:
    """Check a gradient as ``check_gradient`` does, and raise when it is wrong.

    Returns:
        The report, when all nodes agree.

    Raises:
        GradientMismatch: An AssertionError whose message is the report.
    """
    report = check_gradient(
        loss,
        gradient,
        *args,
        argnums=argnums,
        seed=seed,
        vary=vary,
        explain=explain,
        budget=budget,
        order=order,
    )
    return report.raise_if_wrong()
