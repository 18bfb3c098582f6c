"""What is told of an edit that mends: its words, the kind of mistake, the other edits."""

from collections.abc import Sequence
from dataclasses import dataclass

from compare.program import Place
from compare.repair import wording
from compare.repair.bench import Point
from compare.repair.edits import Edit
from compare.repair.rewrites.kinds import in_slope
from compare.repair.rewrites.writing import called
from compare.repair.rounds import rounds


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


def told(edits: Sequence[Edit], mended: tuple[int, ...], point: Point) -> Repair:
    """Return the first of some edits as a repair, the others as alternatives.

    Args:
        edits: They mend the same, the best first.
        mended: The outputs that the best mends.
        point: The derivation at the caller's inputs.
    """
    best = edits[0]
    first, *others = _words([edit for edit in edits if _says_more(edit, best)])
    statement = best.reading.statement
    place = Place(statement.file, wording.line(best), wording.columns(best), statement.function)
    return Repair(place, _kind(best), first, tuple(others[:3]), mended, rounds(best, point))


def _words(edits: Sequence[Edit]) -> list[str]:
    """Return how edits are told, each once; the same words in another line with that line."""
    found: dict[str, int] = {}
    for edit in edits:
        word, line = wording.word(edit), wording.line(edit)
        if found.setdefault(word, line) != line:
            found.setdefault(f"{word} in line {line}", line)
    return list(found)


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
    if edit.change.kind == "missing-factor" and in_slope(edit.change.node, edit.reading):
        return "wrong-activation-derivative"
    return edit.change.kind
