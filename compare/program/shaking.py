"""A program run again with every result a little off: what rounding can do, and where a kink is.

A computed number is off by a rounding, and so is every number computed from it. How far that takes
the results is measured by doing it on purpose. The decisions of the first run (comparisons,
indices, signs, floors) are kept while measuring rounding, since they are no numbers that round;
left free, the same shaking shows what lies on the other sides of a kink or a tie.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from compare.program import on_numpy
from compare.program.program import Equation, Program, Value
from compare.program.run import run, step
from compare.program.widening import EPS

#: Moves an array by a relative amount: ``move(array, size)``.
Move: TypeAlias = Callable[[np.ndarray, float], np.ndarray]
#: Results of the equations that decide, by their first output.
Decisions: TypeAlias = Mapping[Value, list[Any]]

#: Primitives that move numbers or choose among them; nothing is rounded.
_EXACT = frozenset(
    {
        "abs", "broadcast_in_dim", "choose", "clamp", "concatenate", "convert_element_type",
        "copy", "copy_p", "cummax", "cummin", "dynamic_slice", "dynamic_update_slice",
        "gather", "imag", "iota", "max", "min", "name", "neg",
        "optimization_barrier", "pad", "real", "reduce_max", "reduce_min", "reduce_precision",
        "reduce_window_max", "reduce_window_min", "reshape", "rev", "row", "scatter",
        "scatter-max", "scatter-min", "select_and_gather_add", "select_n", "slice", "sort",
        "split", "squeeze", "stack", "stop_gradient", "top_k", "transpose", "unstack",
    }
)  # fmt: skip
#: Float results that are decisions, too.
_STEPS = frozenset({"ceil", "floor", "round", "sign"})
#: What runs through JAX in a narrow float is off by roundings of that float, less a margin.
_NARROW = 1 / 16


def note(program: Program, arguments: Sequence[Any]) -> tuple[list[Any], Decisions]:
    """Run a program; return its outputs and its decisions."""
    decisions: dict[Value, list[Any]] = {}

    def execute(equation: Equation, operands: Sequence[Any]) -> list[Any]:
        results = step(equation, operands)
        if _decides(equation, results):
            decisions[equation.outputs[0]] = results
        return results

    return run(program, arguments, execute=execute), decisions


@dataclass(frozen=True)
class Shaking:
    """How a program is shaken.

    Attributes:
        move: Moves an array.
        size: How far, relative.
        growth: How many times farther the last equation's result is moved than the first's.
        only: The values that are moved; None for all.
        constants: Constants that are moved as well, each with its own size.
    """

    move: Move
    size: float
    growth: float = 1.0
    only: frozenset[Value] | None = None
    constants: Mapping[Value, float] | None = None


def shake(
    program: Program,
    arguments: Sequence[Any],
    how: Shaking,
    decisions: Decisions | None = None,
) -> list[Any]:
    """Return the outputs with the arguments and every rounded result moved.

    Args:
        program: What to run, on NumPy.
        arguments: One array an input.
        how: What is moved, and how far.
        decisions: Of an earlier run, to be kept; without them each is taken anew.
    """
    kept = decisions or {}
    steps = max(1, len(program.equations))

    def execute(equation: Equation, operands: Sequence[Any]) -> list[Any]:
        first = equation.outputs[0]
        if first in kept:
            return kept[first]
        results = step(equation, operands)
        if equation.primitive in _EXACT or equation.primitive in _STEPS:
            return results
        if how.only is not None and first not in how.only:
            return results
        size = how.size * how.growth ** (program.writer[first] / steps)
        if equation.primitive in on_numpy.RULES:
            return [_moved(result, how.move, size) for result in results]
        size *= max(1.0, _NARROW * equation.rounding / EPS)
        return [_moved_as_a_whole(result, how.move, size) for result in results]

    def mover(size: float) -> Callable[[Any], Any]:
        return lambda content: _moved(content, how.move, size)

    change = {value: mover(size) for value, size in (how.constants or {}).items()}
    moved = [
        _moved(argument, how.move, how.size) if how.only is None or value in how.only else argument
        for value, argument in zip(program.inputs, arguments, strict=True)
    ]
    return run(program, moved, change, execute=execute)


def _decides(equation: Equation, results: Sequence[Any]) -> bool:
    if equation.primitive in _STEPS or (equation.primitive == "sort" and len(results) > 1):
        return True
    return not any(_is_inexact(result) for result in results)


def _is_inexact(content: Any) -> bool:
    return isinstance(content, (np.ndarray, np.generic)) and content.dtype.kind in "fc"


def _moved(content: Any, move: Move, size: float) -> Any:
    return move(content, size) if _is_inexact(content) else content


def _moved_as_a_whole(content: Any, move: Move, size: float) -> Any:
    """Move a result of many steps: an element's rounding may be that of the largest."""
    if not _is_inexact(content):
        return content
    ones = np.ones(content.shape)
    by = (move(ones, size) - ones) * largest(content)
    return content + np.where(content == 0, 0.0, by)


def largest(array: np.ndarray) -> float:
    """Return the largest finite magnitude, 0 for none."""
    magnitudes = np.abs(array)
    finite = magnitudes[np.isfinite(magnitudes)]
    return float(finite.max()) if finite.size else 0.0


class Rounding:
    """Moves each element up or down by half to all of a relative size.

    The draws are made once and used again from another start: drawing afresh would take longer
    than the run.
    """

    LENGTH = 65_521  # prime, so that a repetition falls in step with no axis

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw."""
        draws = rng.uniform(0.5, 1.0, self.LENGTH) * rng.choice([-1.0, 1.0], self.LENGTH)
        self._twice = np.concatenate([draws, draws])
        self._rng = rng

    def __call__(self, array: np.ndarray, size: float) -> np.ndarray:
        """Return the array, moved."""
        return np.asarray(array * (1.0 + size * self.draws(array.shape)))

    def draws(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return draws in [-1, -1/2] and [1/2, 1]."""
        count = int(np.prod(shape))
        start = int(self._rng.integers(self.LENGTH))
        if count <= self.LENGTH:
            return self._twice[start : start + count].reshape(shape)
        return np.resize(np.roll(self._twice[: self.LENGTH], -start), shape)


@dataclass(frozen=True)
class Ramp:
    """Moves every element one way, each a little more than the one before: no tie is left.

    Attributes:
        up: Whether they are moved up.
        rising: Whether the last is moved farthest; else the first.
    """

    up: bool
    rising: bool

    def __call__(self, array: np.ndarray, size: float) -> np.ndarray:
        """Return the array, moved."""
        ramp = np.linspace(0.5, 1.0, array.size).reshape(array.shape)
        ramp = ramp if self.rising else 1.5 - ramp
        return off_zero(array, np.asarray(ramp if self.up else -ramp), size)


@dataclass(frozen=True)
class Scatter:
    """Moves every element up or down, zeros too."""

    rounding: Rounding

    def __call__(self, array: np.ndarray, size: float) -> np.ndarray:
        """Return the array, moved."""
        return off_zero(array, self.rounding.draws(array.shape), size)


#: Elements this much smaller than the largest count as zeros that were moved before.
_NEXT_TO_ZERO = 1e-5


def off_zero(array: np.ndarray, draws: np.ndarray, size: float) -> np.ndarray:
    """Return an array moved by ``size * draws``, relative; zeros relative to the largest."""
    top = largest(array) or 1.0
    magnitudes = np.abs(array)
    moved = array + size * draws * np.where(magnitudes > _NEXT_TO_ZERO * top, magnitudes, top)
    return np.asarray(moved)
