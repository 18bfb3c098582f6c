"""The statements of a derivation, and each time one was run."""

import ast
import linecache
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compare.program import Place
from compare.program.program import Equation, Value
from compare.program.watch import Moment, Watched
from compare.repair.source import beside, covers, expression_of, span, statement_at

Span = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Run:
    """One time that a statement ran.

    Attributes:
        moment: What it saw.
        after: What the next one saw.
        start: Position of its first equation.
        stop: Position after its last.
        outermost: Whether what it returns, if it returns, is the derivation's result.
    """

    moment: Moment
    after: Moment
    start: int
    stop: int
    outermost: bool


@dataclass(frozen=True, eq=False)
class Statement:
    """A simple statement of the author's source.

    Attributes:
        file: Where it stands.
        function: In which function.
        node: Its syntax tree.
        root: The expression that it evaluates.
        runs: The times it ran, in order.
        stretches: What of it was computed: file, line and columns.
    """

    file: str
    function: str
    node: ast.stmt
    root: ast.expr
    runs: list[Run] = field(default_factory=list)
    stretches: set[tuple[str, int, int, int]] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Its source."""
        return ast.unparse(self.node)


def statements(watched: Watched) -> list[Statement]:
    """Return the statements that ran, in the order of their first run."""
    found: dict[tuple[str, str, int, int], Statement] = {}
    for node, run in _singly(_runs(watched.moments)):
        file, function = run.moment.file, run.moment.function
        places = _places(watched.program.equations[run.start : run.stop], file, function)
        own = node if function != "<lambda>" else _body(node, places)
        root = None if own is None else expression_of(own)
        if own is not None and root is not None:
            key = (file, function, root.lineno, root.col_offset)
            statement = found.setdefault(key, Statement(file, function, own, root))
            statement.runs.append(run)
            statement.stretches.update((place.file, place.line, *place.columns) for place in places)
    return sorted(found.values(), key=lambda statement: statement.runs[0].start)


def _singly(runs: Iterator[tuple[ast.stmt, Run]]) -> Iterator[tuple[ast.stmt, Run]]:
    """Yield each statement of a line by itself; each sees what those before it assigned."""
    for node, run in runs:
        names = dict(run.moment.names)
        for one in beside(run.moment.file, node):
            yield one, replace(run, moment=replace(run.moment, names=dict(names)))
            for part in ast.walk(one):
                if not isinstance(part, ast.Name) or not isinstance(part.ctx, ast.Store):
                    continue
                if part.id in run.after.names:
                    names[part.id] = run.after.names[part.id]


def _places(equations: Sequence[Equation], file: str, function: str) -> list[Place]:
    """Return where in a function equations were written, that called for them included."""
    return [place for equation in equations for place in _places_of(equation, file, function)]


def _places_of(equation: Equation, file: str, function: str) -> list[Place]:
    chain = equation.place.chain() if equation.place else ()
    return [place for place in chain if (place.file, place.function) == (file, function)]


def _body(node: ast.stmt, places: Sequence[Place]) -> ast.stmt | None:
    """Return what a lambda in a statement does, as a statement of its own.

    What stands around it is not the derivation's: it may write a file, or run the check.
    """
    lambdas = [inner for inner in ast.walk(node) if isinstance(inner, ast.Lambda)]
    for inner in reversed(lambdas):  # ast.walk has the outer ones first
        if any(covers(inner.body, place.line, place.columns) for place in places):
            return ast.copy_location(ast.Return(inner.body), inner.body)
    return None


def _runs(moments: Sequence[Moment]) -> Iterator[tuple[ast.stmt, Run]]:
    """Yield each run of a simple statement: from its line to the next stop of the same call."""
    open_at: dict[int, tuple[ast.stmt | None, Moment]] = {}
    stack: list[int] = []
    for moment in moments:
        node = None if moment.ends else statement_at(moment.file, moment.line)
        before, since = open_at.get(moment.call, (None, moment))
        if node is not None and node is before:
            continue  # the same statement, on another of its lines
        if before is not None:
            depth = stack.index(moment.call)
            outermost = all(_passes_on(open_at[call][0]) for call in stack[:depth])
            yield before, Run(since, moment, since.start, moment.start, outermost)
        if moment.call not in stack:
            stack.append(moment.call)
        if moment.ends:
            stack.remove(moment.call)
            open_at.pop(moment.call, None)
        else:
            open_at[moment.call] = (node, moment)


def _passes_on(node: ast.stmt | None) -> bool:
    """Whether a statement returns what the function it calls returns."""
    return isinstance(node, ast.Return) and isinstance(node.value, (ast.Call, ast.Lambda))


def results_of(
    statement: Statement, run: Run, equations: Sequence[Equation]
) -> Mapping[Span, Value | None]:
    """Return the value that each expression of a statement came to in a run.

    That is the result of the last equation written while the expression was evaluated; None where
    it has several results.
    """
    found: dict[Span, Value | None] = {}
    for equation in equations[run.start : run.stop]:
        result = equation.outputs[0] if len(equation.outputs) == 1 else None
        for place in _places_of(equation, statement.file, statement.function):
            line = linecache.getline(place.file, place.line).rstrip()
            found[(place.line, *place.columns)] = result
            if place.columns[1] >= len(line):  # it may go on below
                found[(place.line, place.columns[0], -1)] = result
    return found


def span_of(statement: Statement, node: ast.expr) -> Span:
    """Return where an expression stands; that of ``a += b`` is its statement's."""
    if node is statement.root and isinstance(statement.node, ast.AugAssign):
        return span(ast.copy_location(ast.Name(""), statement.node))
    return span(node)
