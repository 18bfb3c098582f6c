"""Search for inputs at which a comparison falls on the side that was not seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.probing.field import Field
from compare.probing.sides import Comparison, dependence, margin
from compare.program import Program, run
from compare.program.loops import EndlessError, patiently

#: Factors that an argument is multiplied by, the nearest to one first.
_FACTORS = tuple(
    sign * 10.0**k for k in (0, 1, -1, 2, -2, 4, -4, 8, -8, 12, -12) for sign in (1, -1)
)
#: Random directions, and steps of the secant method along each.
_DIRECTIONS, _STEPS = 4, 4
#: How often the way back to the caller's inputs is halved.
_HALVINGS = 12


def reach(
    program: Program,
    comparison: Comparison,
    side: int,
    fields: Sequence[Field],
    starts: Sequence[Sequence[np.ndarray]],
    rng: np.random.Generator,
) -> list[np.ndarray] | None:
    """Return inputs at which some element of a comparison is on a side; None if none was found.

    Args:
        program: It holds the comparison.
        comparison: Which one.
        side: +1 for left above right, -1 for below.
        fields: What may be varied, and how.
        starts: Inputs to start from.
        rng: For the directions.
    """
    operands = [v for v in (comparison.left, comparison.right) if v is not None]
    part = _computing(program, operands)
    reads = dependence(part)
    moving = sorted({k for value in operands for k in reads[value] if fields[k].kind == "free"})
    if not moving:
        return None

    def above(inputs: Sequence[np.ndarray]) -> np.ndarray:
        """Return how far each element is on the wanted side."""
        with np.errstate(all="ignore"):
            try:
                left, *right = run(part, inputs, execute=patiently(lambda *_: None))
            except EndlessError:
                return np.array(-np.inf)
        return np.asarray(side * margin(left, right[0] if right else 0.0))

    for start in starts:
        for inputs in _candidates(above, fields, start, moving, rng):
            if (above(inputs) > 0).any():
                return _nearest(above, fields, start, inputs)
    return None


def _computing(program: Program, values: Sequence[int]) -> Program:
    """Return the part of a program that computes some values."""
    needed = program.feeding(values)
    equations = [e for e in program.equations if needed.intersection(e.outputs)]
    return replace(program, equations=tuple(equations), outputs=tuple(values))


def _candidates(
    above: Callable[[Sequence[np.ndarray]], np.ndarray],
    fields: Sequence[Field],
    start: Sequence[np.ndarray],
    moving: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[list[np.ndarray]]:
    for k in moving:
        for factor in _FACTORS:
            yield _moved(fields, start, {k: factor * start[k]})
    for _ in range(_DIRECTIONS):
        along = {k: fields[k].scale() * rng.standard_normal(start[k].shape) for k in moving}
        yield from _secants(above, fields, start, along)


def _secants(
    above: Callable[[Sequence[np.ndarray]], np.ndarray],
    fields: Sequence[Field],
    start: Sequence[np.ndarray],
    along: dict[int, Any],
) -> Iterator[list[np.ndarray]]:
    """Yield points on a line, each where the secant of the best element crosses."""

    def at(t: float) -> list[np.ndarray]:
        return _moved(fields, start, {k: start[k] + t * d for k, d in along.items()})

    last, t = 0.0, 1e-3
    before = above(at(last))
    for _ in range(_STEPS):
        here = above(at(t))
        with np.errstate(all="ignore"):
            crossing = t - here * (t - last) / (here - before)
            crossing = np.where(np.isfinite(crossing), crossing, np.inf)
        if crossing.size == 0 or not np.isfinite(crossing).any():
            return
        best = float(crossing.flat[int(np.argmin(np.abs(crossing)))])
        last, before, t = t, here, 1.05 * best + 1e-9
        if abs(t) > 1e6 or t == last:
            return
        yield at(t)


def _nearest(
    above: Callable[[Sequence[np.ndarray]], np.ndarray],
    fields: Sequence[Field],
    start: Sequence[np.ndarray],
    reached: list[np.ndarray],
) -> list[np.ndarray]:
    """Return inputs on the way back that are still on the side, a little past the crossing."""
    low, high = 0.0, 1.0

    def at(t: float) -> list[np.ndarray]:
        ways = zip(start, reached, strict=True)
        change = {k: a + t * (b - a) for k, (a, b) in enumerate(ways) if a is not b}
        return _moved(fields, start, change)

    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (above(at(middle)) > 0).any():
            high = middle
        else:
            low = middle
    past = at(min(1.0, high + 0.3 * high))
    return past if (above(past) > 0).any() else reached


def _moved(
    fields: Sequence[Field], start: Sequence[np.ndarray], change: dict[int, Any]
) -> list[np.ndarray]:
    inputs = list(start)
    for k, value in change.items():
        inputs[k] = fields[k].fit(value)
    return inputs
