"""The places in the source where an edit can be made, and which of them are suspect.

An expression in a loop is written once and runs many times: its equations are one site, and an
edit of the source changes them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from compare.program import Place, Program
from compare.program.program import Value


@dataclass(frozen=True, eq=False)
class Site:
    """One primitive at one place of the source.

    Attributes:
        positions: The equations it became, in order.
        primitive: Its name.
        place: Where it was written; None when unknown.
        rank: Its position among the suspects; the earliest is 0.
    """

    positions: tuple[int, ...]
    primitive: str
    place: Place | None
    rank: int


def suspects(
    program: Program, wrong: Sequence[int], right: Sequence[int], known: frozenset[Value]
) -> list[Site]:
    """Return the sites that may hold the mistake, the most likely first.

    Args:
        program: The derivation.
        wrong: Outputs that are wrong by a mistake of their own step.
        right: Outputs that are right.
        known: Values that equal one of the reference's own intermediates.

    Returns:
        Sites that feed a wrong output; those that also feed a right one come last, since a wrong
        value would have spoilt it.
    """
    feeds_wrong = _upstream(program, [program.outputs[k] for k in wrong])
    feeds_right = _upstream(program, [program.outputs[k] for k in right])
    upstream_of_known = _upstream(program, known & feeds_wrong)
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, equation in enumerate(program.equations):
        if any(value in feeds_wrong for value in equation.outputs):
            groups.setdefault(_key(position, program), []).append(position)

    def innocence(positions: list[int]) -> tuple[bool, bool, int]:
        outputs = [value for p in positions for value in program.equations[p].outputs]
        return (
            any(value in feeds_right for value in outputs),
            all(value in upstream_of_known for value in outputs),
            positions[0],
        )

    ordered = sorted(groups.values(), key=innocence)
    return [
        Site(
            tuple(positions),
            program.equations[positions[0]].primitive,
            program.equations[positions[0]].place,
            rank,
        )
        for rank, positions in enumerate(ordered)
    ]


def _key(position: int, program: Program) -> tuple[object, ...]:
    """Return what makes two equations the same expression of the source."""
    equation = program.equations[position]
    place = equation.place
    if place is None or place.columns == (0, 0):
        return (position,)
    return (place.file, place.line, place.columns, equation.primitive, len(equation.inputs))


def _upstream(program: Program, values: Iterable[Value]) -> frozenset[Value]:
    """Return what values are computed from, without going past another compared node."""
    compared = set(program.outputs)
    found: set[Value] = set()
    todo = list(values)
    first = set(todo)
    while todo:
        value = todo.pop()
        if value in found or (value in compared and value not in first):
            continue
        found.add(value)
        if value in program.writer:
            todo.extend(program.equations[program.writer[value]].inputs)
    return frozenset(found)


def feeding_positions(program: Program, outputs: Sequence[int]) -> list[int]:
    """Return the equations that the given outputs depend on, in order."""
    values = _upstream(program, [program.outputs[k] for k in outputs])
    return sorted({program.writer[value] for value in values if value in program.writer})


def known_values(
    program: Program, computed: dict[Value, np.ndarray], reference: Iterable[np.ndarray]
) -> frozenset[Value]:
    """Return the values of a derivation that the reference computes, too.

    Equal up to transposition and reshaping; constants and near-constants say nothing.
    """
    marks = {mark for array in reference if (mark := _mark(array)) is not None}
    return frozenset(
        value
        for value in program.writer
        if (mark := _mark(computed[value])) is not None and mark in marks
    )


def _mark(array: np.ndarray) -> tuple[object, ...] | None:
    """Return what an array shares with its transposes and reshapes, to ten digits."""
    array = np.asarray(array)
    if array.dtype.kind != "f" or array.size < 2 or not np.isfinite(array).all():
        return None
    if np.ptp(array) == 0:
        return None
    total, square, cube = array.sum(), np.square(array).sum(), (array**3).sum()
    size = np.sqrt(square)
    shape = (total / np.abs(array).sum(), cube / size**3)
    return (array.size, f"{size:.8e}", *(round(float(number), 8) + 0.0 for number in shape))
