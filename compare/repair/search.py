"""The search for the mistake: cheap edits first, at the likeliest places first.

An edit is kept when every node that was wrong by its own mistake then agrees, at the caller's
inputs and at fresh ones. Where no single edit explains all wrong nodes, they are mended one after
the other, so that two independent mistakes are both found.
"""

import ast
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from compare.repair import shares
from compare.repair.bench import Point
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.known import mark, marks_of
from compare.repair.locate import Wanted, located, wanted_of
from compare.repair.origin import Origin, recognised
from compare.repair.places import Places
from compare.repair.reading import Reading
from compare.repair.reference import Reference, in_other_units
from compare.repair.source import text_at
from compare.repair.statements import statements
from compare.repair.targets import Target
from compare.repair.tiers import Tiers
from compare.repair.upstream import is_strange
from compare.repair.verify import Verifier

#: Edits this much dearer than the cheapest that mends are not looked at any more; those of a later
#: tier only if they are as much cheaper.
SLACK = 0.5
#: What it saves when the new value is one of the reference's own.
RECOGNISED = 0.35
#: What it saves to change the plain number that a variable was given.
NUMBER = 0.5
#: What mends at this cost may be a coincidence: what is cheaper in later tiers is tried as well.
DEAR = 2.6
#: The share of the tries that may be spent on finding the place, before edits are made there.
_TRIES = 2000
#: So long are the expressions of the loss, and so many, that may be brought into the derivation.
_SHORT, _MOST_SAID = 28, 60


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
    """

    desk: Desk
    right: Sequence[int]
    known: frozenset[tuple[object, ...]]
    forward: frozenset[tuple[object, ...]]
    reference: Reference
    free: Point
    elsewhere: frozenset[tuple[str, int, int, int]] = frozenset()
    located_before: dict[tuple[int, ...], list[Target]] = field(default_factory=dict)
    tries: Iterator[int] = field(default_factory=itertools.count)

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

    @cached_property
    def verifier(self) -> Verifier:
        """Tries edits out."""
        return Verifier(self.desk, self.places, self.right, self.free)

    @property
    def late(self) -> bool:
        """Whether it was enough."""
        return self.desk.meter.over

    def mend(self, wrong: Sequence[int], *, whole: bool, effort: int | None = None) -> list[Edit]:
        """Return the edits that mend all of ``wrong``, the best first.

        Args:
            wrong: Outputs that are wrong by their own mistake.
            whole: Whether nothing may be wrong any more afterwards, consequences included.
            effort: How many tiers of edits are tried; all unless given.
        """
        found: list[tuple[float, Edit]] = []
        cheapest = math.inf
        for edits in itertools.islice(self._tiers(wrong), effort):
            slack = -SLACK if found else SLACK  # in a later tier, only what is clearly cheaper
            for edit in edits:
                if self.late or edit.cost > cheapest + slack:
                    break
                if self.verifier.mends_all(edit, wrong, whole):
                    found.append((edit.cost - self._saving(edit), edit))
                    cheapest = min(cheapest, found[-1][0])
            if self.late or cheapest < DEAR:
                break
        best = [edit for _, edit in sorted(found, key=lambda pair: pair[0])]
        return [*self._origin.of(best[0], wrong, whole), *best] if best else []

    def _saving(self, edit: Edit) -> float:
        """Return by how much an edit that mends is likelier than its cost says."""
        saved = RECOGNISED * recognised(self.places, edit) + shares.saving(edit)
        return saved + NUMBER * edit.of_plain_number

    def located(self, wrong: Sequence[int]) -> list[Target]:
        """Return what the first statement whose value mends all of ``wrong`` should come to."""
        key = tuple(wrong)
        if key not in self.located_before:
            found = [
                target
                for reference in (self.reference, *self._in_other_units)
                for target in located(self.places, reference, self.by_hand, wrong, self._holds)
            ]
            self.located_before[key] = found
        return self.located_before[key]

    def _holds(self, target: Target, wrong: Sequence[int]) -> bool | None:
        """Whether a target mends; None when there is no more time to find out."""
        if self.late or next(self.tries) > _TRIES:
            return None
        return self.verifier.mends(target, wrong)

    @cached_property
    def by_hand(self) -> frozenset[tuple[object, ...]]:
        """Marks of what the derivation computes."""
        return marks_of(
            content
            for point in (self.desk.points[0], self.free)
            for content in point.computed.values()
            if isinstance(content, np.ndarray)
        )

    @cached_property
    def _in_other_units(self) -> list[Reference]:
        return list(in_other_units(self.reference, self.by_hand))

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
        right = mark(one.value) in self.places.right
        return whole and right and is_strange(self.places, one.reading)

    def _follow(self, target: Target) -> list[Wanted]:
        """Return what a located expression, and what it is made of, should come to."""
        first = Wanted(target.reading, target.anchor, target.first)
        return wanted_of(first, self.readings, self.reference)

    @cached_property
    def _origin(self) -> Origin:
        return Origin(self.verifier, self.reference, self._edits)

    @cached_property
    def _said(self) -> list[str]:
        """What the loss says, in short, once each."""
        texts = (text_at(*stretch) for stretch in sorted(self.elsewhere))
        return list(dict.fromkeys(text for text in texts if 0 < len(text) <= _SHORT))[:_MOST_SAID]

    @cached_property
    def _edits(self) -> Tiers:
        places = self.places
        return Tiers(self.readings, places.innocent, places.of_loss, self._said, lambda: self.late)

    def _tiers(self, wrong: Sequence[int]) -> Iterator[list[Edit]]:
        """Yield the edits worth trying, in growing effort, each tier's cheapest first."""

        def wanted() -> list[Wanted]:
            found = self.located(wrong)
            return [w for target in found for w in self._follow(target)]

        return self._edits.of(self.places.costs(wrong, self.right), wanted)
