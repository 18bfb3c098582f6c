"""Where the mistake may be, and how likely it is there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from compare.program.program import Value
from compare.program.watch import Ref, Watched
from compare.repair.bench import Point
from compare.repair.carry import readers_of, variable_of
from compare.repair.known import mark
from compare.repair.reading import Reading
from compare.repair.unpacked import assigned_values

#: What a place costs where everything that is computed is known to be right; which feeds right
#: nodes as well; each place further from the start.
INNOCENT, SHARED, FURTHER = 0.6, 0.3, 0.002
#: What it saves to write something where there was only another name.
BARE = 0.3
#: How the names of gradients begin.
_GRADIENT_OF = ("d_", "d", "grad_", "g_", "delta_")


@dataclass(frozen=True, eq=False)
class Places:
    """The statements of a derivation as places of a mistake.

    Attributes:
        watched: The derivation.
        point: The derivation at the caller's inputs.
        readings: Its statements, read.
        known: Marks of cotangents that are right.
        forward: Marks of values that the loss computes as well.
        elsewhere: Stretches of source that the loss runs, too: a change there changes the loss.
    """

    watched: Watched
    point: Point
    readings: Sequence[Reading]
    known: frozenset[tuple[object, ...]]
    forward: frozenset[tuple[object, ...]]
    elsewhere: frozenset[tuple[str, int, int, int]] = frozenset()
    _positions: dict[tuple[int, ...], list[int]] = field(default_factory=dict)

    def costs(self, wrong: Sequence[int], right: Sequence[int]) -> list[tuple[float, Reading]]:
        """Return the statements that feed all of ``wrong``, each with what an edit there costs."""
        feeds_wrong, feeds_right = set(self.feeding(wrong)), set(self.feeding(right))
        found: list[tuple[float, Reading]] = []
        for reading in self.readings:
            if self.shared(reading):
                continue
            holds = [hold for some in reading.holds.values() for hold in some]
            positions = {position for hold in holds for position in hold.positions}
            if not holds:  # nothing is computed here: its readers tell, or what it unpacks
                readers = [other.holds.values() for other in readers_of(reading)]
                positions = {p for some in readers for hs in some for h in hs for p in h.positions}
                writer = self.watched.program.writer
                positions |= {writer[value] for value in assigned_values(reading).values()}
            if positions & feeds_wrong:
                cost = FURTHER * len(found)
                cost += SHARED * bool(positions & feeds_right)
                cost += INNOCENT * self.innocent(reading)
                cost -= BARE * bool(holds and all(hold.reads for hold in holds))
                found.append((cost, reading))
        return found

    def shared(self, reading: Reading) -> bool:
        """Whether the loss runs a statement, too: an edit there changes what is differentiated."""
        return not self.elsewhere.isdisjoint(reading.statement.stretches)

    def suspects(self, wrong: Sequence[int]) -> list[Reading]:
        """Return the statements that feed all of ``wrong``, the likeliest places first.

        A statement that came to something that autodiff has as well when it first ran is right,
        unless what it came to is but a part of what it should.
        """
        return sorted((reading for _, reading in self.costs(wrong, ())), key=self.rank)

    def first_unknown(self, wrong: Sequence[int]) -> Reading | None:
        """Return the first statement that comes to what autodiff has not got, if there is one."""
        first = next(iter(self.suspects(wrong)), None)
        return first if first is not None and self.rank(first) == 0 else None

    def rank(self, reading: Reading) -> int:
        """Return how unlikely a statement is: strange, many things, right, or just a name."""
        root = reading.holds.get(id(reading.statement.root))
        if root is None:
            return 1
        if any(hold.reads for hold in root):
            return 3
        first = mark(self.point.computed[root[0].value])
        if first in self.right:
            return 2
        return int(self.of_its_own(reading))

    @cached_property
    def right(self) -> frozenset[tuple[object, ...]]:
        """Marks of what autodiff or the loss computes."""
        return self.known | self.forward

    def of_its_own(self, reading: Reading) -> bool:
        """Whether a name says: the gradient of a value that the loss has not got.

        That ``dxhat`` then equals something of autodiff's says nothing, where only the derivation
        computes an ``xhat``.
        """
        name, names = variable_of(reading), reading.statement.runs[0].moment.names
        for prefix in _GRADIENT_OF:
            ref = names.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if isinstance(ref, Ref):
                found = mark(self.point.computed[ref.value])
                return found is not None and found not in self.forward
        return False

    def feeding(self, outputs: Sequence[int]) -> list[int]:
        """Return the positions of the equations that outputs depend on, in order."""
        key = tuple(outputs)
        if key not in self._positions:
            writer = self.watched.program.writer
            found = {writer[value] for value in self._upstream(outputs) if value in writer}
            self._positions[key] = sorted(found)
        return self._positions[key]

    def _upstream(self, outputs: Sequence[int]) -> frozenset[Value]:
        """Return what outputs are computed from, not going past values held at the reference."""
        program = self.watched.program
        own = {self.watched.sources[k] for k in outputs}
        found: set[Value] = set()
        todo = [program.outputs[k] for k in outputs]
        while todo:
            value = todo.pop()
            if value in found or (value in self.point.held and value not in own):
                continue
            found.add(value)
            if value in program.writer:
                todo.extend(program.equations[program.writer[value]].inputs)
        return frozenset(found)

    def innocent(self, reading: Reading) -> bool:
        """Whether all that a statement comes to is right, at least up to a transpose."""
        marks = self._marks(reading)
        return bool(marks) and (self.known.issuperset(marks) or self.forward.issuperset(marks))

    def of_loss(self, reading: Reading) -> bool:
        """Whether the loss computes all that a statement comes to."""
        marks = self._marks(reading)
        return bool(marks) and self.forward.issuperset(marks)

    def _marks(self, reading: Reading) -> list[tuple[object, ...] | None]:
        """Return the marks of what a statement comes to; nothing of what only hands on."""
        root = reading.holds.get(id(reading.statement.root), ())
        if any(hold.reads for hold in root):
            return []
        values = [hold.value for hold in root] or [*assigned_values(reading).values()]
        return [mark(self.point.computed[value]) for value in values]
