"""Search for the edits that mend a derivation, one a mistake."""

import warnings
from collections.abc import Iterable, Sequence

import numpy as np

from compare.program import Place, Program
from compare.program.watch import Watched
from compare.repair.bench import lay_open
from compare.repair.desk import Desk
from compare.repair.edits import Edit
from compare.repair.exchanged import exchanged
from compare.repair.known import marks_of
from compare.repair.meter import Meter
from compare.repair.mistaken import mistaken
from compare.repair.onwards import onwards
from compare.repair.reference import reference_of, written_for
from compare.repair.search import Search
from compare.repair.stand_ins import StandIns
from compare.repair.telling import Repair, told

#: The tiers of edits that are slips or looked up, not tried out one by one.
CHEAP = 4
#: So many mistakes of these may explain together what one edit of another sort might.
MISTAKES = 2


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
    quietly = warnings.catch_warnings(action="ignore", category=RuntimeWarning)
    with np.errstate(all="ignore"), quietly:  # edits that are tried divide by zero, and worse
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
    repairs = [
        Repair(place, "index-axis", edit, (), both) for place, edit, both in exchanged(search, left)
    ]
    left = [k for k in left if not any(k in one.mends for one in repairs)]
    if left and (name := mistaken(search, left)):
        return [*repairs, name]
    if not repairs and (slight := _slight(search, left)):
        return slight
    while left:
        edits = search.mend(left, whole=True)
        if not edits and len(left) > 1:
            edits = search.mend(left[:1], whole=False)
        if not edits:
            return [*repairs, *_suspected(search, left)]
        repairs.append(_made(search, edits, left))
        left = [k for k in left if k not in repairs[-1].mends]
        search = onwards(search, edits[0]) if left else search
    return repairs


def _slight(search: Search, left: list[int]) -> list[Repair]:
    """Return one cheap edit for everything, or one each that are together enough; else nothing."""
    if len(left) < 2:
        return []
    if edits := search.mend(left, whole=True, effort=CHEAP):
        return [told(edits, tuple(left), search.desk.points[0])]
    repairs: list[Repair] = []
    while left:
        edits = search.mend(left[:1], whole=False, effort=CHEAP)
        if not edits or len(repairs) == MISTAKES:
            return []
        repairs.append(_made(search, edits, left))
        left = [k for k in left if k not in repairs[-1].mends]
        if not left and not search.verifier.explains(edits[0]):
            return []
        search = onwards(search, edits[0]) if left else search
    return repairs


def _made(search: Search, edits: Sequence[Edit], left: Sequence[int]) -> Repair:
    """Return the first of some edits as a repair of whatever it mends."""
    mended = tuple(k for k in left if search.verifier.mends(edits[0], [k]))
    return told(edits, mended, search.desk.points[0])


def _suspected(search: Search, left: Sequence[int]) -> list[Repair]:
    """Return the statement where a mistake must be for which no edit was found."""
    for some in (left, left[:1]):
        reading = search.suspect(some)
        if reading is not None:
            statement = reading.statement
            place = Place(statement.file, statement.node.lineno, (0, 0), statement.function)
            return [Repair(place, "", "", (), tuple(some))]
    return []
