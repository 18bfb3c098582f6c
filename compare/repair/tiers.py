"""The edits worth trying, in tiers of growing effort: slips everywhere, then what is located."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.repair.edits import Change, Edit
from compare.repair.locate import Wanted
from compare.repair.reading import Reading
from compare.repair.rewrites import (
    Atom,
    accumulated,
    atoms_of,
    borrowed,
    forgotten,
    rebuilt,
    slips,
    solved,
)
from compare.repair.rewrites.terms import same
from compare.repair.rewrites.writing import called
from compare.repair.source import put
from compare.repair.statements import Statement
from compare.repair.upstream import unread

#: What is right up to a transpose may still be turned; and -x be right for what -f is fed with.
_TURNED = ("missing-transpose", "index-axis", "wrong-sign")


@dataclass(frozen=True, eq=False)
class Tiers:
    """Makes edits.

    Attributes:
        readings: The statements of the derivation, read.
        innocent: Whether all that a statement comes to is right; then a slip in it is unlikely.
        of_loss: Whether the loss computes all that a statement comes to.
        forward: Short expressions of the loss's source.
        late: Whether time is up.
    """

    readings: Sequence[Reading]
    innocent: Callable[[Reading], bool]
    of_loss: Callable[[Reading], bool]
    forward: Sequence[str]
    late: Callable[[], bool]
    _atoms: dict[int, list[Atom]] = field(default_factory=dict)
    _made: dict[tuple[Any, ...], list[Edit]] = field(default_factory=dict)

    def of(
        self, places: Sequence[tuple[float, Reading]], wanted: Callable[[], Sequence[Wanted]]
    ) -> Iterator[list[Edit]]:
        """Yield the tiers, each tier's cheapest edit first.

        Args:
            places: The statements, each with what an edit there costs.
            wanted: Gives the located expressions with what they should come to; asked once the
                slips have been tried.
        """
        yield self._sorted(places, self._slips)
        located = wanted()
        here = {id(one.reading) for one in located}
        at_hand = [place for place in places if id(place[1]) in here]
        others = [place for place in places if id(place[1]) not in here]
        costs = {id(reading): cost for cost, reading in places}

        def brought_in() -> list[Edit]:
            edits = self._found(located, costs)
            edits += [
                e for e in self._sorted(at_hand, self._variables) if self._comes_to(e, located)
            ]
            return sorted(edits, key=lambda edit: edit.cost)

        def with_slopes() -> list[Edit]:
            edits = self._sorted(at_hand, self._slopes)
            return [edit for edit in edits if self._comes_to(edit, located)]

        yield self._once(brought_in, located, costs)
        yield self._once(with_slopes, located, costs)
        yield self._sorted([place for place in places if self.innocent(place[1])], slips)
        yield self._sorted(others, self._variables)
        yield self._sorted(others, self._slopes)
        yield self._sorted(places, lambda reading: rebuilt(reading, self._stock(reading)))

    def at(self, reading: Reading, wanted: Sequence[Wanted], dear: float) -> list[Edit]:
        """Return the edits of one statement, slips or something brought in, the cheapest first.

        Args:
            reading: The statement.
            wanted: What it should come to.
            dear: What an edit costs there.
        """
        found = self._found(wanted, {id(reading): dear})
        for tier in (slips, accumulated, self._variables, self._slopes):
            found += self._sorted([(dear, reading)], tier)
        return sorted(found, key=lambda edit: edit.cost)

    def _once(
        self, make: Callable[[], list[Edit]], wanted: Sequence[Wanted], costs: Mapping[int, float]
    ) -> list[Edit]:
        """Return what is made of these, once: it is asked for one node after another."""
        values = [(id(one.reading), id(one.node), one.value.tobytes()) for one in wanted]
        key = make.__name__, tuple(values), tuple(costs.items())
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _found(self, wanted: Sequence[Wanted], dear: Mapping[int, float]) -> list[Edit]:
        """Return the edits by which located expressions come to what they should."""
        return [
            Edit(one.reading, change, change.cost + dear.get(id(one.reading), 0.0))
            for one in wanted
            if not self.late()
            for change in solved(one.reading, one.node, one.value, self._stock(one.reading))
        ]

    def _comes_to(self, edit: Edit, wanted: Sequence[Wanted]) -> bool:
        """Whether a located expression, edited, comes to what it should.

        Parts of which it is known what they should come to were looked up by their value.
        """
        for one in wanted:
            if one.reading is edit.reading and not self.late():
                if edit.change.node in one.parts:
                    return False
                tree = put(one.node, edit.change.node, edit.change.new)
                found = edit.reading.try_out(tree)
                if isinstance(found, (np.ndarray, np.generic)) and found.shape == one.value.shape:
                    return same(np.asarray(found), one.value)
        return False

    def _slips(self, reading: Reading) -> Iterator[Change]:
        innocent = self.innocent(reading)
        for change in slips(reading):
            if not innocent or change.kind in _TURNED or self._reduces(reading, change):
                yield change
        yield from accumulated(reading)
        yield from self._forgotten(reading)

    def _reduces(self, reading: Reading, change: Change) -> bool:
        """Whether sum and mean may be mistaken for one another in what seems right.

        A sum is what a mean of the loss is made of; a mean, the share of a cotangent that autodiff
        takes earlier.
        """
        if change.kind != "wrong-reduction":
            return False
        return called(change.node) == ("sum" if self.of_loss(reading) else "mean")

    def _forgotten(self, reading: Reading) -> Iterable[Change]:
        """Return the changes that bring in what the author computed and then never used."""
        names = unread(self.readings, reading)
        if not names:
            return ()
        stock = self._stock(reading)
        return forgotten(reading, [atom for atom in stock if atom.text in names], stock)

    def _variables(self, reading: Reading) -> Iterable[Change]:
        return borrowed(reading, self._stock(reading), slopes=False)

    def _slopes(self, reading: Reading) -> Iterable[Change]:
        return borrowed(reading, self._stock(reading), slopes=True)

    def _sorted(
        self,
        places: Sequence[tuple[float, Reading]],
        tier: Callable[[Reading], Iterable[Change]],
    ) -> list[Edit]:
        edits = [
            Edit(reading, change, change.cost + cost)
            for cost, reading in places
            if not self.late()
            for change in tier(reading)
        ]
        return sorted(edits, key=lambda edit: edit.cost)

    def _stock(self, reading: Reading) -> list[Atom]:
        if id(reading) not in self._atoms:
            others = [r for r in self.readings if _together(r.statement, reading.statement)]
            self._atoms[id(reading)] = atoms_of(reading, others, self.forward)
        return self._atoms[id(reading)]


def _together(other: Statement, statement: Statement) -> bool:
    """Whether two statements stand in the same function."""
    return (other.file, other.function) == (statement.file, statement.function)
