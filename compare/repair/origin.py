"""The edit where a mistake began, in the place of one that mends its consequence."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.repair import shares
from compare.repair.carry import readers_of, variable_of
from compare.repair.edits import Change, Edit
from compare.repair.known import mark
from compare.repair.locate import Wanted, wanted_of
from compare.repair.places import Places
from compare.repair.reading import as_array
from compare.repair.reference import Reference
from compare.repair.source import names_in, put
from compare.repair.tiers import Tiers
from compare.repair.upstream import before, called_by, is_strange, mentions, unread
from compare.repair.verify import Verifier

#: An edit may be so much dearer where the mistake began than where its consequence is mended.
FURTHER = 1.2
#: So many edits of each statement before are tried.
EARLIER = 300


def recognised(places: Places, edit: Edit, forward: bool = False) -> bool:
    """Whether the statement, edited, comes to a cotangent that the reference has as well.

    Args:
        places: The statements.
        edit: Of one of them.
        forward: Whether a value that the loss computes will do, too.
    """
    if places.of_its_own(edit.reading):
        return False
    root = edit.reading.statement.root
    for new in (put(root, edit.change.node, edit.change.new), edit.change.new):
        found = edit.reading.try_out(new, whole=True)
        if isinstance(found, np.ndarray):
            return mark(found) in (places.right if forward else places.known)
    return False


def _is_handed_on(edit: Edit, parent: ast.AST | None) -> bool:
    """Whether a variable that is changed is returned, or, where it lacks a term, an argument."""
    if isinstance(parent, ast.Call):
        return edit.change.kind == "missing-term"
    returned = isinstance(edit.reading.statement.node, ast.Return)
    return returned and (parent is None or isinstance(parent, (ast.Tuple, ast.List, ast.Dict)))


@dataclass(frozen=True, eq=False)
class Origin:
    """Looks upstream of an edit that mends.

    Attributes:
        verifier: Tries edits out.
        reference: What autodiff computes.
        edits: Makes them.
    """

    verifier: Verifier
    reference: Reference
    edits: Tiers

    def of(self, found: Edit, wrong: Sequence[int], whole: bool) -> list[Edit]:
        """Return the edit before one that mends as well, where the mistake rather is.

        One that brings in what nobody used is at home where it stands, and so is a mean's share.

        Args:
            found: It mends.
            wrong: The outputs that it mends.
            whole: Whether nothing may be wrong any more afterwards.
        """
        unused = unread(self._places.readings, found.reading)
        at_home = mentions(found, unused) or shares.saving(found) > 0
        lacks_term = found.change.kind == "missing-term"
        earlier = self._assigned(found, wrong, whole) if lacks_term or not at_home else []
        return earlier if earlier or at_home else self._begun(found, wrong, whole)

    @property
    def _places(self) -> Places:
        return self.verifier.places

    def _assigned(self, found: Edit, wrong: Sequence[int], whole: bool) -> list[Edit]:
        """Return the edit of an assignment, where its variable is but handed on, here only."""
        node, new, around = found.change.node, found.change.new, found.reading.parents
        if not isinstance(node, ast.Name) or not _is_handed_on(found, around.get(id(node))):
            return []
        mentions_ = [part for part in found.reading.nodes if ast.dump(part) == ast.dump(node)]
        if len(mentions_) > 1 or mark(found.reading.array(node)) in self._places.forward:
            return []
        for reading in self._places.readings:
            if variable_of(reading) != node.id or readers_of(reading) != [found.reading]:
                continue
            root = reading.statement.root
            change = Change(root, put(new, node, root), found.change.kind, found.change.cost)
            edit = Edit(reading, change, found.cost)
            if self.verifier.mends_all(edit, wrong, whole):
                return [edit]
        return []

    def _begun(self, found: Edit, wrong: Sequence[int], whole: bool) -> list[Edit]:
        """Return the edit before that mends as well, and after which nothing is strange."""
        cost = {id(one): c for c, one in self._places.costs(wrong, self.verifier.right)}
        wanted = self._wanted_before(found)
        meant = [one.reading for one in wanted if mark(one.value) in self._places.right]
        for reading in before(self._places, found.reading, meant):
            if self._places.shared(reading) or self._places.of_its_own(reading):
                continue
            missed = unread(self._places.readings, reading)
            here = [one for one in wanted if one.reading is reading]
            strange = is_strange(self._places, reading) or called_by(found.reading, reading)
            strange = strange or any(mark(one.value) in self._places.right for one in here)
            for edit in self.edits.at(reading, here, cost.get(id(reading), 0.0))[:EARLIER]:
                if self.edits.late() or edit.cost > found.cost + FURTHER:
                    break
                likely = strange and recognised(self._places, edit, forward=True)
                if not likely and not mentions(edit, missed):
                    continue
                if self.verifier.mends_all(edit, wrong, whole):
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
        readings = self._places.readings
        return [one for first in firsts for one in wanted_of(first, readings, self.reference)]
