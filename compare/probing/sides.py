"""Which side of each comparison a program was seen on: above, below, equal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from compare.program import Program
from compare.program.program import Value

_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "max", "min"})
#: Comparisons with zero in disguise.
_WITH_ZERO = frozenset({"abs", "sign"})
#: More comparisons than this are not watched.
_MOST = 96

#: Where a comparison was written; all that were written there count as one.
Group: TypeAlias = tuple[str, int, str]


@dataclass(frozen=True)
class Comparison:
    """Two values that a program compares, or one with zero.

    Attributes:
        left: One value.
        right: The other; None for zero.
        result: What the comparison writes.
        group: Where it stands.
    """

    left: Value
    right: Value | None
    result: Value
    group: Group


def comparisons(program: Program) -> Iterator[Comparison]:
    """Yield the comparisons of floats that depend on the inputs, in order."""
    reads = dependence(program)
    for position, equation in enumerate(program.equations):
        name = equation.primitive
        if name not in _COMPARISONS | _WITH_ZERO | {"clamp"}:
            continue
        place = equation.place
        group = (place.file, place.line, name) if place else ("", position, name)
        pairs: list[tuple[Value, Value | None]]
        if name == "clamp":
            low, middle, high = equation.inputs
            pairs = [(middle, low), (middle, high)]
        elif name in _WITH_ZERO:
            pairs = [(equation.inputs[0], None)]
        else:
            pairs = [(equation.inputs[0], equation.inputs[1])]
        for left, right in pairs:
            floats = np.issubdtype(program.types[left].dtype, np.floating)
            if floats and (reads[left] or (right is not None and reads[right])):
                yield Comparison(left, right, equation.outputs[0], group)


def forward_comparisons(program: Program) -> list[Comparison]:
    """Return those that the first output is computed from."""
    needed = program.feeding(program.outputs[:1])
    return [found for found in comparisons(program) if found.result in needed]


def dependence(program: Program) -> dict[Value, set[int]]:
    """Return for each value which inputs, by position, it is computed from."""
    reads: dict[Value, set[int]] = {value: set() for value in program.constants}
    reads.update({value: {k} for k, value in enumerate(program.inputs)})
    for equation in program.equations:
        union: set[int] = set()
        for value in equation.inputs:
            union |= reads[value]
        reads.update(dict.fromkeys(equation.outputs, union))
    return reads


class Watch:
    """Remembers which sides of a program's comparisons were seen.

    Attributes:
        program: The program watched.
        found: Its comparisons.
        values: What a run has to return for them, besides the outputs.
    """

    def __init__(self, program: Program) -> None:
        """Watch nothing yet."""
        self.program = program
        self.found = list(comparisons(program))[:_MOST]
        pairs = [(item.left, item.right) for item in self.found]
        self.values = [v for pair in pairs for v in pair if v is not None]
        self.seen: dict[Group, set[int]] = {item.group: set() for item in self.found}

    def note(self, contents: Sequence[Any]) -> None:
        """Take note of the values of one run, in the order of ``values``."""
        given = iter(contents)
        for item in self.found:
            left = next(given)
            right = next(given) if item.right is not None else 0.0
            self.seen[item.group] |= sides(margin(left, right))

    def missing(self) -> list[tuple[Comparison, int]]:
        """Return a comparison and a side, +1 or -1, for each side that was not seen."""
        first: dict[Group, Comparison] = {}
        for item in self.found:
            first.setdefault(item.group, item)
        return [
            (item, side)
            for group, item in first.items()
            for side in (1, -1)
            if side not in self.seen[group]
        ]


def margin(left: Any, right: Any) -> np.ndarray:
    """Return by how much the left value is larger."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.asarray(left, np.float64) - np.asarray(right, np.float64))


def sides(difference: np.ndarray) -> set[int]:
    """Return which of +1, -1 and 0 occur as signs."""
    found = {1: (difference > 0).any(), -1: (difference < 0).any(), 0: (difference == 0).any()}
    return {side for side, seen in found.items() if seen}
