"""Variables that are passed on as they are: returned, handed to a function, given another name.

Nothing is computed where they stand, so to change one there is to change what reads it from there.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compare.program.program import Value
from compare.program.watch import Ref, Watched
from compare.repair.source import names_in
from compare.repair.statements import Run, Statement


@dataclass(frozen=True, eq=False)
class Bare:
    """A variable that stands by itself in a statement.

    Attributes:
        node: The variable.
        parent: What it stands in; None when it is all that the statement says.
        statement: The statement.
        others: All statements of the derivation.
        watched: The derivation.
    """

    node: ast.Name
    parent: ast.AST | None
    statement: Statement
    others: Sequence[Statement]
    watched: Watched

    def ref(self, run: Run) -> Ref | None:
        """Return the value that the variable held; None when it was no array."""
        found = run.moment.names.get(self.node.id)
        return found if isinstance(found, Ref) else None

    def readers(self, value: Value, run: Run) -> tuple[int, ...]:
        """Return the equations that read its value from here."""
        equations = self.watched.program.equations
        return tuple(sorted({p for p in self._reached(value, run) if value in equations[p].inputs}))

    def _reached(self, value: Value, run: Run) -> Iterator[int]:
        if isinstance(self.statement.node, ast.Return):
            if run.outermost:
                yield from self._returned(value)
            else:  # whoever called reads it
                yield from range(run.stop, len(self.watched.program.equations))
        elif isinstance(self.parent, (ast.Call, ast.keyword)):
            yield from range(run.start, run.stop)
        elif isinstance(self.statement.node, ast.Assign):
            yield from self._renamed(self.statement.node, run)

    def _returned(self, value: Value) -> Iterator[int]:
        """Yield the position of the output that a returned variable is."""
        program = self.watched.program
        outputs = [k for k, source in enumerate(self.watched.sources) if source == value]
        twins = [
            node
            for node in ast.walk(self.statement.root)
            if isinstance(node, ast.Name) and node.id == self.node.id
        ]
        order = next(k for k, twin in enumerate(twins) if twin is self.node)
        if order < len(outputs):
            yield program.writer[program.outputs[outputs[order]]]

    def _renamed(self, node: ast.Assign, run: Run) -> Iterator[int]:
        """Yield what runs later under the new name and not under the old."""
        program = self.watched.program
        new, old = _bases(node.targets), names_in(self.statement.root)
        for other in self.others:
            mentioned = names_in(other.root)
            if not _together(other, self.statement) or not new & mentioned or old & mentioned:
                continue
            for later in other.runs:
                if later.moment.call == run.moment.call and later.start >= run.stop:
                    yield from range(later.start, later.stop)
                    if isinstance(other.node, ast.Return):  # whoever called may read it
                        yield from range(later.stop, len(program.equations))


def positions_by_run(bare: Bare) -> Mapping[Run, tuple[Ref, tuple[int, ...]]]:
    """Return for each run of a statement the value of a bare variable and what reads it.

    Empty when that cannot be told for every run.
    """
    found = {}
    for run in bare.statement.runs:
        ref = bare.ref(run)
        readers = bare.readers(ref.value, run) if ref is not None else ()
        if ref is None or not readers:
            return {}
        found[run] = (ref, readers)
    return found


def _together(one: Statement, other: Statement) -> bool:
    return (one.file, one.function) == (other.file, other.function)


def _bases(targets: Sequence[ast.expr]) -> frozenset[str]:
    return frozenset().union(*map(names_in, targets))
