"""What the value of a statement should be: a value of the reference that mends what is wrong."""

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.program.program import Equation
from compare.program.run import Execute
from compare.repair.bench import Override, Point, Read
from compare.repair.known import mark
from compare.repair.reading import Hold, Reading
from compare.repair.reference import Reference, fitted

#: The same value over and over is tried once; no more than this of one statement.
_MOST = 400


@dataclass(frozen=True, eq=False)
class Target:
    """An expression with what it should come to.

    Attributes:
        reading: The statement.
        anchor: The expression: all that the statement gives, or a part of it.
        contents: What it should come to, a row a point, in it one entry a run; None where nobody
            reads it.
    """

    reading: Reading
    anchor: ast.expr
    contents: Sequence[Sequence[np.ndarray | None]]

    def overrides(self, point: Point) -> dict[int, Override]:
        """Return the equations that give, or read, the right value instead."""
        found: dict[int, Override] = {}
        desk = self.reading.desk
        equations = desk.watched.program.equations
        holds = self.reading.holds[id(self.anchor)]
        for hold, content in zip(holds, self.contents[point.number], strict=True):
            if content is None:
                continue
            for position in hold.positions:
                found[position] = functools.partial(
                    _put, desk.meter.execute, content, hold, equations[position]
                )
        return found

    @property
    def fits(self) -> bool:
        """Whether it can be put there."""
        return True

    @property
    def first(self) -> np.ndarray:
        """What it should come to in the first run, at the caller's point, as the author sees it."""
        content = self.contents[0][0]
        assert content is not None
        axis = self.reading.holds[id(self.anchor)][0].axis
        return content if axis is None else np.take(content, 0, axis)


def _put(
    execute: Execute, content: np.ndarray, hold: Hold, equation: Equation, read: Read
) -> list[np.ndarray]:
    if not hold.reads:
        return [content]
    return execute(equation, [content if v == hold.value else read(v) for v in equation.inputs])


def targets(
    reading: Reading, reference: Reference, by_hand: frozenset[tuple[object, ...]]
) -> Iterator[Target]:
    """Yield what a statement, or each part of what it gives, may have to come to.

    Args:
        reading: The statement.
        reference: What autodiff computes.
        by_hand: Marks of what the derivation computes already: that is not what is missing.
    """
    count = 0
    for node in _heads(reading):
        holds = reading.holds[id(node)]
        types = reading.desk.watched.program.types
        shapes = [tuple(types[hold.value].shape) for hold in holds]
        if types[holds[0].value].dtype.kind != "f":
            continue
        seen: set[object] = set()
        for sequence in reference.sequences(len(holds)):
            marks = tuple(mark(reference.contents[0][k]) for k in sequence if k is not None)
            if marks in seen or (None not in marks and by_hand.issuperset(marks)):
                continue
            if None not in marks:
                seen.add(marks)
            for contents in _fitted(reference, sequence, shapes):
                count += 1
                if count > _MOST:
                    return
                yield Target(reading, node, contents)


def _heads(reading: Reading) -> Iterator[ast.expr]:
    """Yield the expressions that a statement hands on: its value, or the parts of a tuple."""
    todo = [reading.statement.root]
    while todo:
        node = todo.pop(0)
        if id(node) in reading.holds:
            yield node
        else:
            todo.extend(_parts(node))


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return the parts of a tuple, list or dictionary, and the arguments of what builds one."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.Call):
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return []


def _fitted(
    reference: Reference, sequence: Sequence[int | None], shapes: Sequence[tuple[int, ...]]
) -> Iterator[list[list[np.ndarray | None]]]:
    """Yield the values of a sequence at all points, in the shapes of the statement's runs."""
    ways: list[list[list[np.ndarray | None]]] = []
    for row in reference.contents:
        found: list[list[np.ndarray | None]] = []
        for k, shape in zip(sequence, shapes, strict=True):
            options: list[np.ndarray | None] = [None]
            if k is not None:
                options = [*fitted(np.asarray(row[k]), shape)]
            if not options:
                return
            found.append(options)
        ways.append(found)
    for way in (0, 1):
        if way and all(len(options) < 2 for options in ways[0]):
            return
        yield [[options[min(way, len(options) - 1)] for options in found] for found in ways]
