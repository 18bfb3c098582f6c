"""Check the pair that one would hand to ``custom_vjp``'s ``defvjp``.

The rule is a derivation like any other once its cotangent is fixed: ``bwd`` at the cotangent c
has to give the gradient of the scalar  Σ c * fun(args).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from compare.agreement.errors import GradientStructureError
from compare.agreement.judge import judge
from compare.agreement.manners import defined, examined, want_a_pair
from compare.agreement.numberless import refuse_numberless
from compare.agreement.pulling import Pulling
from compare.agreement.question import name_of
from compare.agreement.returned import placed_none
from compare.report import Report


def check_rule(
    fun: Callable[..., Any],
    fwd: Callable[..., Any],
    bwd: Callable[..., Any],
    *args: Any,
    nondiff_argnums: Sequence[int] = (),
    seed: int = 0,
    vary: bool = True,
    explain: bool = True,
    budget: float | None = None,
) -> Report:
    """Compare a custom derivative rule with autodiff of the plain function.

    Args:
        fun: The plain function, without the rule.
        fwd: Called as ``fun`` is; returns ``(output, residuals)``.
        bwd: ``bwd(residuals, cotangent) -> cotangents``, one an argument; None stands for zeros.
        *args: Where to compare.
        nondiff_argnums: As for ``custom_vjp``: these come first in ``bwd``'s arguments.
        seed: Of the cotangent and the check's other random draws.
        vary: Whether to look for mistakes on inputs of the check's own, too, when ``args`` show
            none.
        explain: Whether to search for the cause of what is wrong.
        budget: Seconds of computing that this search may take; unless given, it ends after a
            fixed amount of work (some 8 s), at the same point on every machine.

    Returns:
        The report: one node an argument leaf, and the output that ``fwd`` returns.

    Raises:
        GradientStructureError: If ``bwd`` does not return one cotangent an argument, or ``fwd``
            not the function's output first.
        DerivationError: If one of them raises, cannot be traced by JAX, changes its arguments, or
            does something else on the second run; with the line.
        TypeError: If no argument is a float array, or no output is one.
    """
    want_a_pair(fwd=fwd, bwd=bwd)
    plan = Pulling(fun, fwd, bwd, args, tuple(nondiff_argnums))
    odd = examined((fun, "fun", args), (fwd, "fwd", args))
    question = plan.question(seed)
    odd += examined((bwd, "bwd", plan.given_back(question.arguments)))
    refuse_numberless(question)
    try:
        report = judge(question, seed, vary, explain, budget)
    except GradientStructureError as error:
        raise GradientStructureError(f"{error}\n  returned by bwd{defined(bwd)}") from error
    first = report.first_wrong
    if first is not None:
        report = placed_none(report, bwd, plan.argument_of(first.name))
    setting = replace(report.setting, loss=name_of(fun), gradient=name_of(bwd))
    return replace(report, name=name_of(fun), setting=setting, notes=(*odd, *report.notes))
