"""Where a mistake began, when it can be mended in several lines of the flow.

A wrong value can be mended where it is computed or where it is read. It is better mended where it
is computed: at the first statement that comes to something strange, which neither autodiff nor the
loss has, and that comes to something they do have once it is mended. A name that its function never
reads says as much: something was to be done with it there.
"""

import ast
from collections.abc import Iterator, Sequence

from compare.repair.carry import assigned
from compare.repair.edits import Edit
from compare.repair.known import mark
from compare.repair.places import Places
from compare.repair.reading import Reading
from compare.repair.source import names_in

#: So many statements before are looked at.
_MOST = 12


def before(places: Places, reading: Reading, meant: Sequence[Reading]) -> list[Reading]:
    """Return the statements in which a mistake may have begun, the first in the flow first.

    Args:
        places: The statements.
        reading: The statement in which it can be mended.
        meant: Statements that then should come to something that autodiff or the loss has.
    """
    found: list[Reading] = [one for one in meant if one is not reading]
    todo = [reading]
    while todo and len(found) < _MOST:
        one = todo.pop(0)
        for other in _feeding(places.readings, one):
            if other in found or other is reading:
                continue
            if (
                is_strange(places, other)
                or called_by(reading, other)
                or unread(places.readings, other)
            ):
                found.append(other)
                todo.append(other)
    order = {id(one): k for k, one in enumerate(places.readings)}
    return sorted(found, key=lambda one: (one.statement.runs[0].start, -order[id(one)]))


def is_strange(places: Places, reading: Reading) -> bool:
    """Whether a statement comes to something that neither autodiff nor the loss has."""
    root = reading.holds.get(id(reading.statement.root))
    if root is None:
        return not reading.holds and isinstance(reading.statement.node, ast.Assign)
    if any(hold.reads for hold in root):
        return False
    found = mark(places.point.computed[root[0].value])
    return found is not None and found not in places.right


def unread(readings: Sequence[Reading], reading: Reading) -> frozenset[str]:
    """Return the names that a statement could read and that nothing in its function reads."""
    statement = reading.statement
    here = [
        other.statement
        for other in readings
        if (other.statement.file, other.statement.function) == (statement.file, statement.function)
    ]
    read = frozenset().union(*(names_in(other.root) for other in here))
    bound = frozenset(name for name in statement.runs[0].moment.names if name.isidentifier())
    return frozenset(name for name in bound - read if not name.startswith("_"))


def called_by(reading: Reading, other: Reading) -> bool:
    """Whether a statement ran while another one did, in a function that it called."""
    inner, outer = other.statement, reading.statement
    if (inner.file, inner.function) == (outer.file, outer.function):
        return False
    first, run = inner.runs[0], outer.runs[0]
    return run.start <= first.start and first.stop <= run.stop


def mentions(edit: Edit, names: frozenset[str]) -> bool:
    """Whether an edit brings in one of some names."""
    return bool(names & (names_in(edit.change.new) - names_in(edit.change.node)))


def _feeding(readings: Sequence[Reading], reading: Reading) -> Iterator[Reading]:
    """Yield the statements that a statement uses: of its variables, and of what it calls."""
    statement = reading.statement
    wanted, here = names_in(statement.root), (statement.file, statement.function)
    for other in readings:
        together = (other.statement.file, other.statement.function) == here
        earlier = other.statement.runs[0].start <= statement.runs[0].start
        if called_by(reading, other) or (together and earlier and wanted & assigned(other)):
            yield other
