"""From where on is a right formula no number any more in working precision?

The first step that gives inf or nan of ordinary numbers is looked up. Where it has one operand, the
smallest size of it that breaks is found by bisection; else the inputs are made smaller until the
derivation holds.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.evidence import Evidence
from compare.agreement.witnesses import Witnesses
from compare.agreement.working import Execution
from compare.program.program import Equation
from compare.program.run import run
from compare.report import Diagnosis

#: Halvings: the threshold is told to four digits.
_HALVINGS = 40


def with_measure(diagnosis: Diagnosis, evidence: Evidence) -> Diagnosis:
    """Return a diagnosis of what is right on paper only, with where it breaks or what it loses."""
    said = ""
    for k, execution in enumerate(evidence.executions):
        if diagnosis.kind == "numerically-unstable" and execution.broken:
            said = said or where_it_breaks(evidence.working, evidence.values, k)
        elif diagnosis.kind == "precision-loss" and execution.imprecise:
            said = said or _lost(execution, evidence.dtypes[k])
    return replace(diagnosis, evidence=f"{diagnosis.evidence}; {said}") if said else diagnosis


def _lost(execution: Execution, dtype: str) -> str:
    """Return how many of a precision's decimal digits are lost, by hand and by autodiff."""
    digits = -math.log10(float(jnp.finfo(dtype).eps))

    def left(error: float) -> float:
        return min(digits, max(0.0, -math.log10(error))) if error else digits

    hand, autodiff = left(execution.hand), left(max(execution.autodiff, execution.expected))
    of = f"of the {digits:.1f} decimal digits of {dtype}"
    return f"{of} it keeps {hand:.1f}, autodiff {autodiff:.1f}"


def where_it_breaks(working: Witnesses, values: Sequence[jax.Array], node: int) -> str:
    """Return from which size on a node is inf or nan, as a sentence; "" when that is not found.

    Args:
        working: The witnesses in working precision.
        values: The inputs that show it.
        node: Which node.
    """
    step = _first_broken(working, values, node)
    if step is not None:
        equation, operand = step
        found = _threshold(equation, operand)
        if found is not None:
            place = equation.place
            assert place is not None
            at = f" at {place.file.rpartition('/')[2]}:{place.line}"
            reached = float(np.abs(operand).max())
            return (
                f"{_NAMES.get(equation.primitive, equation.primitive)}{at} breaks in "
                f"{operand.dtype} where its argument is {found:.4g} or further from 0; here it "
                f"reaches {reached:.4g}"
            )
    share = _bisected(lambda size: _holds(working, values, node, size))
    if share is None:
        return ""
    return f"breaks from {share:.4g} times these inputs on"


_NAMES = {"integer_pow": "the power", "square": "the square", "div": "the quotient"}


def _first_broken(
    working: Witnesses, values: Sequence[jax.Array], node: int
) -> tuple[Equation, np.ndarray] | None:
    """Return the first step with one operand that makes inf or nan of numbers, and the operand."""
    program = working.hand
    needed = program.feeding([program.outputs[node]])
    known = list(program.writer)
    contents = run(program, values, also=known)[len(program.outputs) :]
    seen = dict(zip(known, contents, strict=True))
    seen.update(zip(program.inputs, values, strict=True))
    for equation in program.equations:
        if not needed.intersection(equation.outputs) or _finite(seen[equation.outputs[0]]):
            continue
        operands = [seen[value] for value in equation.inputs if value in seen]
        if len(equation.inputs) != 1 or len(operands) != 1 or equation.place is None:
            return None
        return (equation, np.asarray(operands[0])) if _finite(operands[0]) else None
    return None


def _finite(content: Any) -> bool:
    array = np.asarray(content)
    if not jnp.issubdtype(array.dtype, jnp.floating):
        return True
    return bool(np.isfinite(array.astype(np.float64)).all())


def _threshold(equation: Equation, operand: np.ndarray) -> float | None:
    """Return the smallest size of an operand's worst element at which a step breaks."""
    with np.errstate(all="ignore"):
        result = np.asarray(equation.function(jnp.asarray(operand))[0]).astype(np.float64)
    if result.shape != operand.shape:
        return None
    worst = float(operand[~np.isfinite(result)].flat[0])

    def holds(share: float) -> bool:
        moved = jnp.full(operand.shape, share * worst, operand.dtype)
        return _finite(equation.function(moved)[0])

    share = _bisected(holds)
    return None if share is None else abs(share * worst)


def _bisected(holds: Callable[[float], bool]) -> float | None:
    """Return the smallest share of what breaks that breaks; None where none holds."""
    low, high = 0.0, 1.0
    if holds(high) or not holds(1e-6):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high


def _holds(working: Witnesses, values: Sequence[jax.Array], node: int, share: float) -> bool:
    smaller = [
        value * jnp.asarray(share, value.dtype)
        if jnp.issubdtype(value.dtype, jnp.floating)
        else value
        for value in values
    ]
    return bool(np.isfinite(working.by_hand(smaller)[node]).all())
