"""Outputs that a rule sends nothing back from: counts and leftovers beside a result."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from compare.program.rules import RuleCall
from compare.program.widening import is_float


def silent(call: RuleCall, plain: Callable[..., Any]) -> list[int]:
    """Return the outputs that have a derivative, and that a rule sends no gradient back from.

    Returns:
        Their positions; empty when the rule sends none back from any output.
    """
    floats = [k for k, value in enumerate(call.operands) if is_float(value)]
    leaves = [jnp.asarray(call.operands[k]) for k in floats]
    found, heard = [], False
    for number, output in enumerate(call.plain(*call.operands)):
        if not is_float(output):
            continue
        by_rule, by_autodiff = (
            _moves(function, call.operands, floats, leaves, number)
            for function in (call.with_rule, plain)
        )
        heard = heard or by_rule
        if by_autodiff and not by_rule:
            found.append(number)
    return found if heard else []


def without(call: RuleCall, outputs: Sequence[int]) -> RuleCall:
    """Return the same rule of a function that lacks some outputs."""

    def of(function: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def fewer(*operands: Any) -> list[Any]:
            return [out for k, out in enumerate(function(*operands)) if k not in outputs]

        return fewer

    return replace(call, with_rule=of(call.with_rule), plain=of(call.plain))


def _moves(
    function: Callable[..., Any],
    operands: Sequence[Any],
    floats: Sequence[int],
    leaves: Sequence[Any],
    number: int,
) -> bool:
    """Whether any gradient comes back from one output."""

    def of(*some: Any) -> Any:
        merged = list(operands)
        for k, leaf in zip(floats, some, strict=True):
            merged[k] = leaf
        return function(*merged)[number]

    output, pull = jax.vjp(of, *leaves)
    return any(bool(jnp.any(gradient != 0)) for gradient in pull(jnp.ones_like(output)))
