"""Reverse a function that autodiff cannot reverse, by its forward derivative."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from compare.program.rules import FAILURES, RuleCall
from compare.program.widening import is_float

#: Forward mode takes one run for each input number; more than this are not asked for.
MANY = 512


def reversible(call: RuleCall) -> Callable[..., list[Any]] | None:
    """Return the plain function so that ``jax.vjp`` takes it; None when nothing does.

    A while loop has a forward derivative, but none in reverse; its gradient is put together from
    one forward run for each input number.
    """
    floats = [k for k, value in enumerate(call.operands) if is_float(value)]
    leaves = [jnp.asarray(call.operands[k]) for k in floats]

    def of(*some: Any) -> list[Any]:
        merged = list(call.operands)
        for k, leaf in zip(floats, some, strict=True):
            merged[k] = leaf
        return [out for out in call.plain(*merged) if is_float(out)]

    def reverse(*some: Any) -> Any:
        outputs, pull = jax.vjp(of, *some)
        return pull([jnp.ones_like(out) for out in outputs])

    try:
        jax.eval_shape(reverse, *leaves)
    except FAILURES:
        if sum(leaf.size for leaf in leaves) > MANY:
            return None
    else:
        return call.plain
    try:
        jax.eval_shape(lambda *some: jax.jvp(of, some, some), *leaves)
    except FAILURES:
        return None
    return _by_forward_mode(call, floats)


def _by_forward_mode(call: RuleCall, floats: list[int]) -> Callable[..., list[Any]]:
    @jax.custom_vjp
    def function(*operands: Any) -> list[Any]:
        return call.plain(*operands)

    def forward(*operands: Any) -> tuple[list[Any], tuple[Any, ...]]:
        return call.plain(*operands), operands

    def backward(operands: tuple[Any, ...], sent: list[Any]) -> tuple[Any, ...]:
        def total(*some: Any) -> Any:
            merged = list(operands)
            for k, leaf in zip(floats, some, strict=True):
                merged[k] = leaf
            outputs = call.plain(*merged)
            parts = [
                jnp.sum(g * out) for g, out in zip(sent, outputs, strict=True) if is_float(out)
            ]
            return sum(parts[1:], start=parts[0])

        leaves = [operands[k] for k in floats]
        found = jax.jacfwd(total, argnums=tuple(range(len(leaves))))(*leaves)
        by_operand = dict(zip(floats, found, strict=True))
        return tuple(by_operand.get(k) for k in range(len(operands)))

    function.defvjp(forward, backward)
    return function
