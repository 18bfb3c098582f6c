"""The derivation laid open: every value at a few points, and re-runs with one step changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from compare.program import Program
from compare.program.program import Value
from compare.program.run import step

#: What an edited equation does instead: operands in, results out.
Override: TypeAlias = Callable[[list[Any]], list[Any]]

#: How closely an edited derivation must meet the reference, relative to the node's size.
CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Point:
    """The derivation at one set of inputs, each step fed with the reference's cotangents.

    Attributes:
        computed: Every value, as its own equation computes it.
        seen: Every value, as the equations after it read it: the reference for compared nodes.
        reference: What each output should be.
        allowance: How far each output may be from it, for rounding.
    """

    computed: Mapping[Value, Any]
    seen: Mapping[Value, Any]
    reference: Sequence[np.ndarray]
    allowance: Sequence[np.ndarray]

    def close(self, output: int, value: Any) -> bool:
        """Whether a value of an output is the reference's."""
        right = self.reference[output]
        value = np.asarray(value)
        if value.shape != right.shape or not np.isfinite(right).all():
            return False
        scale = float(np.abs(right).max()) if right.size else 0.0
        with np.errstate(invalid="ignore", over="ignore"):
            return bool((np.abs(value - right) <= CLOSE * scale + self.allowance[output]).all())


def lay_open(
    program: Program,
    inputs: Sequence[np.ndarray],
    reference: Sequence[np.ndarray],
    allowance: Sequence[np.ndarray],
) -> Point:
    """Evaluate every equation of a derivation at one set of inputs."""
    corrected = {
        value: right
        for value, right in zip(program.outputs, reference, strict=True)
        if np.isfinite(right).all() and value in program.writer
    }
    computed: dict[Value, Any] = dict(program.constants_on_host)
    computed.update(zip(program.inputs, inputs, strict=True))
    seen = dict(computed)
    for equation in program.equations:
        results = step(equation, [seen[value] for value in equation.inputs])
        for value, content in zip(equation.outputs, results, strict=True):
            computed[value] = content
            seen[value] = corrected.get(value, content)
    return Point(computed, seen, reference, allowance)


def rerun(
    program: Program,
    point: Point,
    overrides: Mapping[int, Override],
    positions: Sequence[int],
    outputs: Sequence[int],
) -> list[Any] | None:
    """Return some outputs with some equations changed; None when the edit does not fit.

    Args:
        program: The derivation.
        point: Where.
        overrides: For some equations what they do instead, by position.
        positions: The equations that feed these outputs, in order.
        outputs: Which outputs.
    """
    changed: dict[Value, Any] = {}
    results: dict[Value, Any] = {}
    compared = set(program.outputs)
    for position in positions:
        equation = program.equations[position]
        override = overrides.get(position)
        if override is None and not any(value in changed for value in equation.inputs):
            continue
        operands = [changed.get(value, point.seen[value]) for value in equation.inputs]
        try:
            found = override(operands) if override is not None else step(equation, operands)
        except (ValueError, IndexError, TypeError, FloatingPointError):
            return None
        for value, content in zip(equation.outputs, found, strict=True):
            if override is not None and np.shape(content) != np.shape(point.computed[value]):
                return None
            if value in compared:
                results[value] = content
            else:
                changed[value] = content
    values = [program.outputs[k] for k in outputs]
    return [results.get(value, point.computed[value]) for value in values]
