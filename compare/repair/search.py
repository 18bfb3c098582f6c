"""The search for the mistake: cheap edits first, at the likeliest places first.

An edit is kept when every node that was wrong by its own mistake then agrees, at the caller's
inputs and at fresh ones. Where no single edit explains all wrong nodes, they are mended one after
the other, so that two independent mistakes are both found.
"""

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from compare.repair.bench import Override, Point, rerun
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.known import mark, marks_of
from compare.repair.locate import Wanted, located, wanted_of
from compare.repair.places import Places
from compare.repair.reading import Reading, as_array
from compare.repair.reference import Reference
from compare.repair.source import names_in, put
from compare.repair.statements import statements
from compare.repair.targets import Target
from compare.repair.tiers import Tiers
from compare.repair.upstream import before, called_by, is_strange, mentions, unread

#: Edits this much dearer than the cheapest that mends are not looked at any more.
SLACK = 0.45
#: What it saves when the new value is one of the reference's own.
RECOGNISED = 0.35
#: An edit may be so much dearer where the mistake began than where its consequence is mended.
FURTHER = 1.2
#: So many edits of each statement before are tried.
EARLIER = 300
#: The share of the tries that may be spent on finding the place, before edits are made there.
_TRIES = 2000


@dataclass(eq=False)
class Search:
    """One derivation under search.

    Attributes:
        desk: The derivation, laid open.
        right: Outputs that are right.
        known: Marks of the cotangents that the reference computes.
        forward: Marks of the values that the loss computes.
        reference: What autodiff computes.
        free: The caller's point with nothing held: each step reads the derivation's own values.
        elsewhere: Stretches of source that the loss runs, too.
        done: Edits already made.
    """

    desk: Desk
    right: Sequence[int]
    known: frozenset[tuple[object, ...]]
    forward: frozenset[tuple[object, ...]]
    reference: Reference
    free: Point
    elsewhere: frozenset[tuple[str, int, int, int]] = frozenset()
    done: list[Edit] = field(default_factory=list)
    _located: dict[tuple[int, ...], list[Target]] = field(default_factory=dict)
    _tries: Iterator[int] = field(default_factory=itertools.count)

    @cached_property
    def readings(self) -> list[Reading]:
        """The statements of the derivation, read."""
        found = statements(self.desk.watched)
        readings: list[Reading] = []
        readings.extend(Reading(self.desk, one, found, readings) for one in found)
        return readings

    @cached_property
    def places(self) -> Places:
        """Where the mistake may be."""
        marks = self.known, self.forward
        return Places(self.desk.watched, self.desk.points[0], self.readings, *marks, self.elsewhere)

    @property
    def late(self) -> bool:
        """Whether it was enough."""
        return self.desk.meter.over

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
        best = [edit for _, edit in sorted(found, key=lambda pair: pair[0])]
        return [*self._begun(best[0], wrong, whole), *best] if best else []

    def _begun(self, found: Edit, wrong: Sequence[int], whole: bool) -> list[Edit]:
        """Return the edits before one that mend as well, and after which nothing is strange."""
        cost = {id(one): c for c, one in self.places.costs(wrong, self.right)}
        wanted, right = self._wanted_before(found), self._any_right
        meant = [one.reading for one in wanted if mark(one.value) in right]
        for reading in before(self.places, found.reading, meant):
            if self.places.shared(reading):
                continue
            missed = unread(self.readings, reading)
            strange = is_strange(self.places, reading)
            here = [one for one in wanted if one.reading is reading]
            strange = strange or called_by(found.reading, reading)
            strange = strange or any(mark(one.value) in right for one in here)
            edits = self._edits.at(reading, here, cost.get(id(reading), 0.0))
            for edit in edits[:EARLIER]:
                if self.late or edit.cost > found.cost + FURTHER:
                    break
                if not (strange and self._recognised(edit, forward=True)) and not mentions(
                    edit, missed
                ):
                    continue
                if self.mends(edit, wrong) and (not whole or self.explains(edit)):
                    return [edit]
        return []

    def _wanted_before(self, found: Edit) -> list[Wanted]:
        """Return what the variables of an edited statement should hold, were they wrong."""
        reading, change = found.reading, found.change
        root = reading.statement.root
        if reading.mapped:
            return []
        if not names_in(change.node) <= names_in(change.new) or isinstance(root, ast.Name):
            return []
        pairs = [(root, put(root, change.node, change.new)), (change.node, change.new)]
        firsts = [
            Wanted(reading, node, value)
            for node, new in pairs
            if (value := as_array(reading.try_out(new))).dtype.kind == "f"
        ]
        return [one for first in firsts for one in wanted_of(first, self.readings, self.reference)]

    def mends(self, edit: Edit | Target, outputs: Sequence[int]) -> bool:
        """Whether these outputs agree everywhere after an edit, and the right ones still."""
        if not edit.fits or self.places.shared(edit.reading):
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
        values = rerun(program, self.free, overrides, positions, known, self.desk.meter)
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
        feeding = (p for p in self.places.feeding(outputs) if p >= min(overrides))
        positions = sorted({*feeding, *overrides})  # an edit may read what nobody read before
        program, meter = self.desk.watched.program, self.desk.meter
        values = rerun(program, point, overrides, positions, outputs, meter)
        if values is None:
            return False
        return all(point.close(k, value) for k, value in zip(outputs, values, strict=True))

    def _recognised(self, edit: Edit, forward: bool = False) -> bool:
        """Whether the statement, edited, comes to a cotangent that the reference has as well.

        Args:
            edit: Of the statement.
            forward: Whether a value that the loss computes will do, too.
        """
        root = edit.reading.statement.root
        for new in (put(root, edit.change.node, edit.change.new), edit.change.new):
            found = edit.reading.try_out(new, whole=True)
            if isinstance(found, np.ndarray):
                return mark(found) in (self._any_right if forward else self.known)
        return False

    def located(self, wrong: Sequence[int]) -> list[Target]:
        """Return what the first statement whose value mends all of ``wrong`` should come to."""
        key = tuple(wrong)
        if key not in self._located:
            found = located(self.places, self.reference, self.by_hand, wrong, self._holds)
            self._located[key] = list(found)
        return self._located[key]

    def _holds(self, target: Target, wrong: Sequence[int]) -> bool | None:
        """Whether a target mends; None when there is no more time to find out."""
        if self.late or next(self._tries) > _TRIES:
            return None
        return self.mends(target, wrong)

    @cached_property
    def by_hand(self) -> frozenset[tuple[object, ...]]:
        """Marks of what the derivation computes."""
        return marks_of(
            content
            for point in (self.desk.points[0], self.free)
            for content in point.computed.values()
            if isinstance(content, np.ndarray)
        )

    def suspect(self, wrong: Sequence[int]) -> Reading | None:
        """Return the statement where the mistake must be, when it is known though no edit is.

        Where no value of autodiff's mends everything, it is the first that comes to something that
        autodiff has not got.
        """
        located = self.located(wrong)
        for target in located:
            for one in reversed(self._follow(target)):
                if one.reading is not target.reading and self._only_wanted(one):
                    return one.reading
        made = [target for target in located if not isinstance(target.anchor, ast.Name)]
        for target in (*made, *located):  # a variable's own line rather than where it is handed on
            return target.reading
        return self.places.first_unknown(wrong)

    def _only_wanted(self, one: Wanted) -> bool:
        """Whether a strange value is assigned, where autodiff or the loss has the right one."""
        whole = one.node is one.reading.statement.root
        right = mark(one.value) in self._any_right
        return whole and right and is_strange(self.places, one.reading)

    def _follow(self, target: Target) -> list[Wanted]:
        """Return what a located expression, and what it is made of, should come to."""
        first = Wanted(target.reading, target.anchor, target.first)
        return wanted_of(first, self.readings, self.reference)

    @cached_property
    def _any_right(self) -> frozenset[tuple[object, ...]]:
        """Marks of what autodiff or the loss computes."""
        return self.known | self.forward

    @cached_property
    def _edits(self) -> Tiers:
        return Tiers(self.readings, lambda: self.late)

    def _tiers(self, wrong: Sequence[int]) -> Iterator[list[Edit]]:
        """Yield the edits worth trying, in growing effort, each tier's cheapest first."""

        def wanted() -> list[Wanted]:
            found = self.located(wrong)
            return [w for target in found for w in self._follow(target)]

        return self._edits.of(self.places.costs(wrong, self.right), wanted)
