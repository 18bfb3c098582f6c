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

from compare.program.program import Value
from compare.repair.bench import Override, Point, rerun
from compare.repair.edits import Change, Edit
from compare.repair.expressions import Desk, Reading
from compare.repair.known import mark
from compare.repair.rewrites import Atom, atoms_of, borrowed, rebuilt, slips
from compare.repair.statements import Statement, statements
from compare.repair.wording import put

#: Edits this much dearer than the cheapest that mends are not looked at any more.
SLACK = 0.45
#: What a place costs where everything that is computed is known to be right; which feeds right
#: nodes as well; each place further from the start.
INNOCENT, SHARED, FURTHER = 0.6, 0.3, 0.002
#: What it saves when the new value is one of the reference's own.
RECOGNISED = 0.35
#: What it saves to write something where there was only another name.
BARE = 0.3


@dataclass(eq=False)
class Search:
    """One derivation under search.

    Attributes:
        desk: The derivation, laid open.
        right: Outputs that are right.
        known: Marks of the cotangents that the reference computes.
        deadline: When to stop, by ``time.perf_counter``.
        done: Edits already made.
    """

    desk: Desk
    right: Sequence[int]
    known: frozenset[tuple[object, ...]]
    deadline: float
    done: list[Edit] = field(default_factory=list)
    _atoms: dict[int, list[Atom]] = field(default_factory=dict)

    @cached_property
    def readings(self) -> list[Reading]:
        """The statements of the derivation, read."""
        found = statements(self.desk.watched)
        return [Reading(self.desk, statement, found) for statement in found]

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.perf_counter() > self.deadline

    def mend(self, wrong: Sequence[int]) -> list[Edit]:
        """Return the edits that mend all of ``wrong``, the best first."""
        places = self._places(wrong)
        found: list[tuple[float, Edit]] = []
        for tier in (self._slips, self._borrowed, self._slopes, self._rebuilt):
            edits = sorted(tier(places), key=lambda edit: edit.cost)
            for edit in edits:
                if self.late or (found and edit.cost > min(cost for cost, _ in found) + SLACK):
                    break
                if self.mends(edit, wrong):
                    found.append((edit.cost - RECOGNISED * self._recognised(edit), edit))
            if found or self.late:
                break
        return [edit for _, edit in sorted(found, key=lambda pair: pair[0])]

    def mends(self, edit: Edit, outputs: Sequence[int]) -> bool:
        """Whether these outputs agree everywhere once the edit is made, and the right ones still."""
        if edit.anchor is None:
            return False
        for number, point in enumerate(self.desk.points):
            overrides = {**self.done_at(point), **edit.overrides(point)}
            stages = (outputs[:1], (*outputs, *self.right)) if number == 0 else (outputs,)
            if not all(self._agree(overrides, point, some) for some in stages):
                return False
        return True

    def done_at(self, point: Point) -> dict[int, Override]:
        """Return the edits already made, at a point."""
        made: dict[int, Override] = {}
        for edit in self.done:
            made.update(edit.overrides(point))
        return made

    def _agree(
        self, overrides: Mapping[int, Override], point: Point, outputs: Sequence[int]
    ) -> bool:
        positions = [p for p in self.feeding(outputs) if p >= min(overrides)]
        values = rerun(self.desk.watched.program, point, overrides, positions, outputs)
        if values is None:
            return False
        return all(point.close(k, value) for k, value in zip(outputs, values, strict=True))

    def feeding(self, outputs: Sequence[int]) -> list[int]:
        """Return the positions of the equations that outputs depend on, in order."""
        key = tuple(outputs)
        if key not in self._positions:
            found = self._upstream(outputs)
            writer = self.desk.watched.program.writer
            self._positions[key] = sorted({writer[value] for value in found if value in writer})
        return self._positions[key]

    @cached_property
    def _positions(self) -> dict[tuple[int, ...], list[int]]:
        return {}

    def _upstream(self, outputs: Sequence[int]) -> frozenset[Value]:
        """Return what outputs are computed from, without going past a value held at the reference."""
        program, held = self.desk.watched.program, self.desk.points[0].held
        own = {self.desk.watched.sources[k] for k in outputs}
        found: set[Value] = set()
        todo = [program.outputs[k] for k in outputs]
        while todo:
            value = todo.pop()
            if value in found or (value in held and value not in own):
                continue
            found.add(value)
            if value in program.writer:
                todo.extend(program.equations[program.writer[value]].inputs)
        return frozenset(found)

    def _places(self, wrong: Sequence[int]) -> list[tuple[float, Reading]]:
        """Return the statements that may hold the mistake, each with what an edit there costs."""
        feeds_wrong = set(self.feeding(wrong))
        feeds_right = set(self.feeding(self.right)) if self.right else set()
        found = []
        for reading in self.readings:
            positions = {p for holds in reading.holds.values() for h in holds for p in h.positions}
            if not positions & feeds_wrong:
                continue
            cost = FURTHER * len(found)
            cost += SHARED * bool(positions & feeds_right)
            cost += INNOCENT * self._innocent(reading)
            cost -= BARE * all(h.reads for holds in reading.holds.values() for h in holds)
            found.append((cost, reading))
        return found

    def _innocent(self, reading: Reading) -> bool:
        """Whether all that a statement comes to is right."""
        root = reading.holds.get(id(reading.statement.root))
        if root is None or any(hold.reads for hold in root):
            return False
        computed = self.desk.points[0].computed
        return all(mark(computed[hold.value]) in self.known for hold in root)

    def _recognised(self, edit: Edit) -> bool:
        """Whether the statement, edited, comes to a cotangent that the reference has as well."""
        root = edit.reading.statement.root
        for new in (put(root, edit.change.node, edit.change.new), edit.change.new):
            found = edit.reading.try_out(new)
            if isinstance(found, np.ndarray):
                return mark(found) in self.known
        return False

    def _slips(self, places: Sequence[tuple[float, Reading]]) -> Iterator[Edit]:
        for cost, reading in places:
            yield from _edits(reading, slips(reading), cost)

    def _borrowed(self, places: Sequence[tuple[float, Reading]]) -> Iterator[Edit]:
        for cost, reading in places:
            yield from _edits(reading, borrowed(reading, self._stock(reading), False), cost)

    def _slopes(self, places: Sequence[tuple[float, Reading]]) -> Iterator[Edit]:
        for cost, reading in places:
            yield from _edits(reading, borrowed(reading, self._stock(reading), True), cost)

    def _rebuilt(self, places: Sequence[tuple[float, Reading]]) -> Iterator[Edit]:
        for cost, reading in places:
            yield from _edits(reading, rebuilt(reading, self._stock(reading)), cost)

    def _stock(self, reading: Reading) -> list[Atom]:
        if id(reading) not in self._atoms:
            others = [r for r in self.readings if _together(r.statement, reading.statement)]
            self._atoms[id(reading)] = atoms_of(reading, others)
        return self._atoms[id(reading)]


def _edits(reading: Reading, changes: Iterator[Change], cost: float) -> Iterator[Edit]:
    for change in changes:
        yield Edit(reading, change, change.cost + cost)


def _together(other: Statement, statement: Statement) -> bool:
    """Whether two statements stand in the same function."""
    return (other.file, other.function) == (statement.file, statement.function)
