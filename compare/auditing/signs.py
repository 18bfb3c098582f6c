"""Rules that are wrong only at a sign that an argument never had, and that its body does not ask.

A concentration, a variance or a scale is positive; what a formula gives for a negative one is not
meant. An argument that the body compares with zero, or takes the absolute value of, may have
either sign.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from compare.program import trace_of
from compare.program.rules import FAILURES, RuleCall
from compare.program.widening import is_float

_ASKING = frozenset({"gt", "lt", "ge", "le", "eq", "ne", "sign"})


def one_signed(call: RuleCall) -> list[int]:
    """Return the operands of which all numbers have one sign, and whose sign the body ignores."""
    found = []
    for k, value in enumerate(call.operands):
        if is_float(value) and np.size(value):
            array = np.asarray(value)
            if ((array > 0).all() or (array < 0).all()) and not _asks_for_sign(call, k):
                found.append(k)
    return found


def keeping_signs(call: RuleCall, operands: list[int]) -> RuleCall:
    """Return the same rule of the logarithms of some operands: nothing drawn changes their sign."""
    signs = {k: float(np.sign(np.asarray(call.operands[k]).flat[0])) for k in operands}

    def of(function: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def of_logarithms(*given: Any) -> list[Any]:
            own = list(given)
            for k, sign in signs.items():
                own[k] = sign * jnp.exp(given[k])
            return function(*own)

        return of_logarithms

    values = list(call.operands)
    for k, sign in signs.items():
        values[k] = jnp.log(sign * jnp.asarray(values[k]))
    return replace(call, with_rule=of(call.with_rule), plain=of(call.plain), operands=tuple(values))


def _asks_for_sign(call: RuleCall, operand: int) -> bool:
    """Whether any comparison comes out otherwise when an operand changes its sign."""
    if not all(hasattr(value, "dtype") for value in call.operands):
        return True
    flipped = list(call.operands)
    flipped[operand] = -jnp.asarray(flipped[operand])
    try:
        program = trace_of(call.plain, *map(jnp.asarray, call.operands)).as_it_is
        seen = [_answers(program, given) for given in (call.operands, flipped)]
    except FAILURES:
        return True
    return any(not np.array_equal(a, b) for a, b in zip(*seen, strict=True))


def _answers(program: Any, given: Any) -> list[np.ndarray]:
    known: dict[int, Any] = dict(program.constants)
    known.update(zip(program.inputs, given, strict=True))
    answers = []
    for equation in program.equations:
        inputs = [known[value] for value in equation.inputs]
        outputs = equation.function(*inputs)
        known.update(zip(equation.outputs, outputs, strict=True))
        if equation.primitive in _ASKING:
            answers.append(np.asarray(outputs[0]))
        elif equation.primitive == "abs":
            answers.append(np.sign(np.asarray(inputs[0])))
    return answers
