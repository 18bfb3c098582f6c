"""The search for the mistake: cheap edits first, at the likeliest places first.

An edit is kept when every node that was wrong by its own mistake then agrees, at the caller's
inputs and at fresh ones. Where no single edit explains all wrong nodes, they are mended one after
the other, so that two independent mistakes are both found.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from compare.repair.bench import Override, Point, rerun
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.known import mark
from compare.repair.places import Places
from compare.repair.reading import Reading
from compare.repair.rewrites import Atom, atoms_of, borrowed, rebuilt, slips
from compare.repair.statements import Statement, statements
from compare.repair.wording import put

#: Edits this much dearer than the cheapest that mends are not looked at any more.
SLACK = 0.45
#: What it saves when the new value is one of the reference's own.
RECOGNISED = 0.35


@dataclass(eq=False)
class Search:
    """One derivation under search.

    Attributes:
        desk: The derivation, laid open.
        right: Outputs that are right.
        known: Marks of the cotangents that the reference computes.
        free: The caller's point with nothing held: each step reads the derivation's own values.
        deadline: When to stop, by ``time.thread_time``.
        done: Edits already made.
    """

    desk: Desk
    right: Sequence[int]
    known: frozenset[tuple[object, ...]]
    free: Point
    deadline: float
    done: list[Edit] = field(default_factory=list)
    _atoms: dict[int, list[Atom]] = field(default_factory=dict)

    @cached_property
    def readings(self) -> list[Reading]:
        """The statements of the derivation, read."""
        found = statements(self.desk.watched)
        return [Reading(self.desk, statement, found) for statement in found]

    @cached_property
    def places(self) -> Places:
        """Where the mistake may be."""
        return Places(self.desk.watched, self.desk.points[0], self.readings, self.known)

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.thread_time() > self.deadline

    def mend(self, wrong: Sequence[int], *, whole: bool) -> list[Edit]:
        """Return the edits that mend all of ``wrong``, the best first.

        Args:
            wrong: Outputs that are wrong by their own mistake.
            whole: Whether nothing may be wrong any more afterwards, consequences included.
        """
        found: list[tuple[float, Edit]] = []
        for edits in self._tiers(wrong):
            for edit in edits:
                if self.late or (found and edit.cost > min(cost for cost, _ in found) + SLACK):
                    break
                if self.mends(edit, wrong) and (not whole or self.explains(edit)):
                    found.append((edit.cost - RECOGNISED * self._recognised(edit), edit))
            if found or self.late:
                break
        return [edit for _, edit in sorted(found, key=lambda pair: pair[0])]

    def mends(self, edit: Edit, outputs: Sequence[int]) -> bool:
        """Whether these outputs agree everywhere after an edit, and the right ones still."""
        if edit.anchor is None:
            return False
        for number, point in enumerate(self.desk.points):
            overrides = {**self.done_at(point), **edit.overrides(point)}
            stages = (outputs[:1], (*outputs, *self.right)) if number == 0 else (outputs,)
            if not all(self._agree(overrides, point, some) for some in stages):
                return False
        return True

    def explains(self, edit: Edit) -> bool:
        """Whether all outputs agree after an edit when the derivation runs by itself.

        A step that is mended only where the comparison reads it leaves its consequences wrong.
        """
        overrides = {**self.done_at(self.free), **edit.overrides(self.free)}
        program = self.desk.watched.program
        known = [k for k, right in enumerate(self.free.reference) if np.isfinite(right).all()]
        positions = range(min(overrides), len(program.equations))
        values = rerun(program, self.free, overrides, positions, known)
        return values is not None and all(
            self.free.close(k, value) for k, value in zip(known, values, strict=True)
        )

    def done_at(self, point: Point) -> dict[int, Override]:
        """Return the edits already made, at a point."""
        made: dict[int, Override] = {}
        for edit in self.done:
            made.update(edit.overrides(point))
        return made

    def _agree(
        self, overrides: Mapping[int, Override], point: Point, outputs: Sequence[int]
    ) -> bool:
        positions = [p for p in self.places.feeding(outputs) if p >= min(overrides)]
        values = rerun(self.desk.watched.program, point, overrides, positions, outputs)
        if values is None:
            return False
        return all(point.close(k, value) for k, value in zip(outputs, values, strict=True))

    def _recognised(self, edit: Edit) -> bool:
        """Whether the statement, edited, comes to a cotangent that the reference has as well."""
        root = edit.reading.statement.root
        for new in (put(root, edit.change.node, edit.change.new), edit.change.new):
            found = edit.reading.try_out(new)
            if isinstance(found, np.ndarray):
                return mark(found) in self.known
        return False

    def _tiers(self, wrong: Sequence[int]) -> Iterator[list[Edit]]:
        """Yield the edits worth trying, in growing effort, each tier's cheapest first."""
        places = self.places.costs(wrong, self.right)
        for tier in (
            slips,
            lambda reading: borrowed(reading, self._stock(reading), slopes=False),
            lambda reading: borrowed(reading, self._stock(reading), slopes=True),
            lambda reading: rebuilt(reading, self._stock(reading)),
        ):
            edits = [
                Edit(reading, change, change.cost + cost)
                for cost, reading in places
                if not self.late
                for change in tier(reading)
            ]
            yield sorted(edits, key=lambda edit: edit.cost)

    def _stock(self, reading: Reading) -> list[Atom]:
        if id(reading) not in self._atoms:
            others = [r for r in self.readings if _together(r.statement, reading.statement)]
            self._atoms[id(reading)] = atoms_of(reading, others)
        return self._atoms[id(reading)]


def _together(other: Statement, statement: Statement) -> bool:
    """Whether two statements stand in the same function."""
    return (other.file, other.function) == (statement.file, statement.function)
