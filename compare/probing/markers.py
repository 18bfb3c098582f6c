"""Integers that a loss sets apart: a label of -100, a padding id below zero.

Where the author compares an integer input with a number, both sides are meant to occur.
"""

from collections.abc import Iterator

import numpy as np

from compare.probing.copies import copied, origin
from compare.program import Program
from compare.program.program import Equation, Value

#: For each comparison with a number c, what to try beside c: an integer on the other side.
_BESIDE = {"eq": (0,), "ne": (0,), "lt": (-1, 0), "ge": (-1, 0), "le": (0, 1), "gt": (0, 1)}
_UNCHANGED = frozenset({"broadcast_in_dim", "convert_element_type", "reshape"})
_SWAPPED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


def markers(forward: Program) -> dict[int, tuple[int, ...]]:
    """Return for each integer input, by position, the numbers that it is compared with.

    Args:
        forward: The loss, written out; its first output is the value.
    """
    found: dict[int, set[int]] = {}
    needed = forward.feeding(forward.outputs[:1])
    wraps = set(_wraps(forward))
    for equation in forward.equations:
        if equation.primitive not in _BESIDE or needed.isdisjoint(equation.outputs):
            continue
        left, right = equation.inputs
        for value, other, name in (
            (left, right, equation.primitive),
            (right, left, _SWAPPED[equation.primitive]),
        ):
            number, position = _number(forward, other), copied(forward, value)
            if number is None or position is None or equation.outputs[0] in wraps:
                continue
            found.setdefault(position, set()).update(number + by for by in _BESIDE[name])
    return {position: tuple(sorted(numbers)) for position, numbers in found.items()}


def _number(program: Program, value: Value) -> int | None:
    """Return the integer that a value is everywhere; None when it is none."""
    content = program.constants_on_host.get(origin(program, value, _UNCHANGED))
    if not isinstance(content, (np.ndarray, np.generic)) or content.dtype.kind not in "iu":
        return None
    numbers = np.unique(content)
    return int(numbers[0]) if numbers.size == 1 else None


def _wraps(program: Program) -> Iterator[Value]:
    """Yield the comparisons that JAX makes to count negative indices from the end."""
    for equation in program.equations:
        if equation.primitive == "select_n" and len(equation.inputs) == 3:
            which, kept, other = equation.inputs
            added = _writer(program, other)
            if added is not None and added.primitive == "add" and kept in added.inputs:
                yield which


def _writer(program: Program, value: Value) -> Equation | None:
    position = program.writer.get(value)
    return None if position is None else program.equations[position]
