"""Search for the edits that mend a derivation, one a mistake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from compare.program import Place, Program
from compare.program.watch import Watched
from compare.repair import wording
from compare.repair.bench import Point, lay_open
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.known import marks_of
from compare.repair.meter import Meter
from compare.repair.reference import reference_of, written_for
from compare.repair.rewrites.writing import called
from compare.repair.rounds import rounds
from compare.repair.search import Search
from compare.repair.stand_ins import StandIns


@dataclass(frozen=True, eq=False)
class Repair:
    """What was found.

    Attributes:
        place: Where the mistake was written.
        kind: What kind it is.
        edit: The edit, in source text; "" when it is known where but not which.
        alternatives: Other edits that mend the same nodes.
        mends: The outputs that it mends.
        rounds: Which runs of the line are wrong, in words; "" when it runs once.
    """

    place: Place
    kind: str
    edit: str
    alternatives: tuple[str, ...]
    mends: tuple[int, ...]
    rounds: str = ""


def repair(
    watched: Watched,
    inputs: Sequence[Sequence[np.ndarray]],
    references: Sequence[Sequence[np.ndarray]],
    allowances: Sequence[Sequence[np.ndarray]],
    wrong: Sequence[int],
    right: Sequence[int],
    autodiff: Program,
    forward: Iterable[np.ndarray],
    budget: float | None = None,
) -> list[Repair]:
    """Search for edits that mend a derivation.

    Args:
        watched: The derivation, in float64.
        inputs: Its inputs at a few points; the caller's first.
        references: What each output should be there.
        allowances: How far it may be off, for rounding.
        wrong: Outputs that are wrong by a mistake of their own step, nearest the loss first.
        right: Outputs that are right.
        autodiff: The program that the references come from.
        forward: Values that the loss computes; a cotangent that equals one is no evidence.
        budget: Seconds of computing to stop after; unless given, a fixed amount of work.

    Returns:
        The repairs, one a mistake; empty when no single edit of any expression explains one.
    """
    meter = Meter.of(budget)
    with np.errstate(all="ignore"):
        points = [
            lay_open(watched, *point, number=number)
            for number, point in enumerate(zip(inputs, references, allowances, strict=True))
        ]
        desk = Desk(watched, points, StandIns(), meter)
        reference, ahead = reference_of(autodiff, inputs), marks_of(forward)
        known = reference.marks - ahead
        free = lay_open(watched, inputs[0], references[0], allowances[0], hold=False)
        # one that is right with the derivation's own values may not be so with autodiff's
        steady = [k for k in right if points[0].close(k, points[0].computed[watched.sources[k]])]
        search = Search(desk, steady, known, ahead, reference, free, written_for(autodiff))
        return _all(search, list(wrong))


def _all(search: Search, left: list[int]) -> list[Repair]:
    """Mend what is left all at once, or else the first of it, and go on."""
    repairs: list[Repair] = []
    while left:
        edits = search.mend(left, whole=True)
        if not edits and len(left) > 1:
            edits = search.mend(left[:1], whole=False)
        if not edits:
            return [*repairs, *_suspected(search, left)]
        mended = tuple(k for k in left if search.verifier.mends(edits[0], [k]))
        search.verifier.done.append(edits[0])
        left = [k for k in left if k not in mended]
        repairs.append(_told(edits, mended, search.desk.points[0]))
    return repairs


def _suspected(search: Search, left: Sequence[int]) -> list[Repair]:
    """Return the statement where a mistake must be for which no edit was found."""
    for some in (left, left[:1]):
        reading = search.suspect(some)
        if reading is not None:
            statement = reading.statement
            place = Place(statement.file, statement.node.lineno, (0, 0), statement.function)
            return [Repair(place, "", "", (), tuple(some))]
    return []


def _told(edits: Sequence[Edit], mended: tuple[int, ...], point: Point) -> Repair:
    best = edits[0]
    first, *others = dict.fromkeys(wording.word(edit) for edit in edits if _says_more(edit, best))
    statement = best.reading.statement
    place = Place(statement.file, wording.line(best), wording.columns(best), statement.function)
    return Repair(place, _kind(best), first, tuple(others[:3]), mended, rounds(best, point))


def _says_more(edit: Edit, best: Edit) -> bool:
    """Whether an edit is worth telling beside the best: elsewhere, or no longer.

    Of what mends the same statement, the longer is the same thing in other words.
    """
    if edit.reading is not best.reading:
        return True
    return len(wording.word(edit)) <= len(wording.word(best))


def _kind(edit: Edit) -> str:
    """Return the kind of mistake that an edit mends; where there was only zero, that."""
    found = edit.reading.array(edit.change.node)
    if called(edit.change.node) in ("zeros_like", "zeros"):
        return "zero-gradient"
    once = len(edit.reading.statement.runs) == 1  # what collects gradients starts with zeros
    if once and found.dtype.kind == "f" and found.size and not found.any():
        return "zero-gradient"
    return edit.change.kind
