"""What the choice of slopes at kinks may do to a program's results."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compare.probing.sides import dependence, margin
from compare.program import Equation, Program, run
from compare.program.program import Value

_TRUTHS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
#: Values this many roundings apart count as equal.
_NEAR = 64


def loosened(
    program: Program, inputs: Sequence[np.ndarray], eps: float, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return the outputs with every comparison of equal values decided by lot.

    At a kink each way to write a function takes a slope of its own; this is another way.
    """
    change: dict[Value, Callable[[Any], Any]] = {
        equation.outputs[0]: _by_lot(tie, rng) for equation, tie in _ties(program, inputs, eps)
    }
    with np.errstate(all="ignore"):
        return [np.asarray(value, np.float64) for value in run(program, inputs, change)]


def set_apart(program: Program, inputs: Sequence[np.ndarray], eps: float, position: int) -> bool:
    """Whether an input plays no part in what is decided at this point, a case by itself.

    So ``a / b`` does not where it is written to be 0 at ``b == 0``: along a the function is smooth
    there. Of a ``<`` nobody can say which side the point itself was meant to be on.

    Args:
        program: Autodiff.
        inputs: Where.
        eps: One rounding, relative.
        position: Of the input.
    """
    reads = dependence(program)
    ties = [equation for equation, _ in _ties(program, inputs, eps)]
    return bool(ties) and all(
        equation.primitive in ("eq", "ne")
        and not any(position in reads[value] for value in equation.inputs)
        for equation in ties
    )


def _ties(
    program: Program, inputs: Sequence[np.ndarray], eps: float
) -> list[tuple[Equation, np.ndarray]]:
    """Return the comparisons that have equal values before them, and where."""
    asked = [
        equation
        for equation in program.equations
        if equation.primitive in _TRUTHS | {"sign"}
        and np.issubdtype(program.types[equation.inputs[0]].dtype, np.floating)
    ]
    operands = [value for equation in asked for value in equation.inputs[:2]]
    contents = dict(
        zip(operands, run(program, inputs, also=operands)[len(program.outputs) :], strict=True)
    )
    found = []
    for equation in asked:
        left, *rest = (contents[value] for value in equation.inputs[:2])
        right = rest[0] if rest else np.zeros(())
        size = np.maximum(np.abs(left), np.abs(right))
        tie = np.asarray(np.abs(margin(left, right)) <= _NEAR * eps * size)
        if tie.any():
            found.append((equation, tie))
    return found


def _by_lot(tie: np.ndarray, rng: np.random.Generator) -> Callable[[Any], Any]:
    def decide(content: Any) -> Any:
        value = np.asarray(content)
        if value.dtype == bool:
            return np.where(tie, rng.random(value.shape) < 0.5, value)
        return np.where(tie, rng.choice([-1.0, 0.0, 1.0], value.shape), value)

    return decide
