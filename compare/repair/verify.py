"""Whether an edit mends a derivation: run again with it, everything agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from compare.repair.bench import Override, Point, rerun
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.places import Places
from compare.repair.source import names_in
from compare.repair.targets import Target


@dataclass(frozen=True, eq=False)
class Verifier:
    """Runs one derivation with edits made.

    Attributes:
        desk: The derivation, laid open.
        places: Its statements.
        right: Outputs that are right.
        free: The caller's point with nothing held: each step reads the derivation's own values.
        done: Edits already made.
    """

    desk: Desk
    places: Places
    right: Sequence[int]
    free: Point
    done: list[Edit] = field(default_factory=list)

    def mends(self, edit: Edit | Target, outputs: Sequence[int]) -> bool:
        """Whether these outputs agree everywhere after an edit, and the right ones still."""
        if not edit.fits or self.places.shared(edit.reading):
            return False
        anew = isinstance(edit, Edit) and (bool(self.done) or reads_more(edit))
        for number, point in enumerate(self.desk.points):
            overrides = {**self.done_at(point), **edit.overrides(point)}
            stages = (outputs[:1], (*outputs, *self.right)) if number == 0 else (outputs,)
            if not all(self._agree(overrides, point, some, anew) for some in stages):
                return False
        return True

    def mends_all(self, edit: Edit, outputs: Sequence[int], whole: bool) -> bool:
        """Whether an edit mends these outputs and, where it is to mend the whole, all others."""
        return self.mends(edit, outputs) and (not whole or self.explains(edit))

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
        self,
        overrides: Mapping[int, Override],
        point: Point,
        outputs: Sequence[int],
        anew: bool,
    ) -> bool:
        program, meter = self.desk.watched.program, self.desk.meter
        first = min(overrides)
        feeding = (p for p in self.places.feeding(outputs) if p >= first)
        positions: Sequence[int] = sorted({*feeding, *overrides})
        if anew:  # what it reads may hang on what it changed before, though nobody read it so far
            positions = range(first, len(program.equations))
        values = rerun(program, point, overrides, positions, outputs, meter)
        if values is None:
            return False
        return all(point.close(k, value) for k, value in zip(outputs, values, strict=True))


def reads_more(edit: Edit) -> bool:
    """Whether an edit brings a variable into a line that runs several times."""
    statement, change = edit.reading.statement, edit.change
    return len(statement.runs) > 1 and not names_in(change.new) <= names_in(statement.root)
