"""Which value each expression of a statement came to, in each of its runs.

Where the source text leads to is not taken on trust: an expression counts as understood when
Python, evaluating it on NumPy, gets what the derivation computed.
"""

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from compare.program.program import Value
from compare.program.watch import Ref, Watched
from compare.repair.bench import Point, Read
from compare.repair.scope import Scope, rows_of
from compare.repair.source import names_in, parts
from compare.repair.stand_ins import StandIns
from compare.repair.statements import Run, Statement, results_of, span_of

_SAME = 1e-9


@dataclass(frozen=True)
class Hold:
    """Where the value of an expression can be changed.

    Attributes:
        value: What it came to.
        axis: Under ``vmap``, where the rows are; None elsewhere.
        positions: The equations to change: the one that writes it, or, where it has another name
            that has to keep its value, those that read it under this one.
        reads: Whether these are readers.
    """

    value: Value
    axis: int | None
    positions: tuple[int, ...]
    reads: bool = False


@dataclass(frozen=True, eq=False)
class Desk:
    """What all the work on a derivation needs.

    Attributes:
        watched: The derivation.
        points: Where it is evaluated; the caller's inputs first.
        stand_ins: For evaluating source text on NumPy.
    """

    watched: Watched
    points: Sequence[Point]
    stand_ins: StandIns

    def evaluate(
        self, code: Any, names: frozenset[str], run: Run, read: Read, extra: Mapping[str, Any]
    ) -> tuple[Any, bool]:
        """Return what compiled source comes to in a run, and whether it is stacked rows."""
        moment = run.moment
        everywhere = self.stand_ins.namespace(moment.everywhere)
        rows = rows_of(moment, names, read)
        scopes = [
            Scope(moment, read, self.stand_ins, extra, row) for row in range(rows or 1)
        ]
        if rows is None:
            return eval(code, everywhere, scopes[0]), False
        return np.stack([eval(code, everywhere, scope) for scope in scopes]), True


class Reading:
    """A statement, read: its expressions and what they came to.

    Attributes:
        statement: Which.
        nodes: Its expressions, outside first.
        holds: For the expressions that are understood, one ``Hold`` a run.
    """

    def __init__(self, desk: Desk, statement: Statement, statements: Sequence[Statement]) -> None:
        self.desk, self.statement = desk, statement
        self.nodes = list(parts(statement.root))
        self.parents = {
            id(child): node for node in ast.walk(statement.root) for child in ast.iter_child_nodes(node)
        }
        self.holds: dict[int, list[Hold]] = {}
        self._samples: dict[int, Any] = {}
        self._statements = statements
        self._find()

    @cached_property
    def mapped(self) -> bool:
        """Whether any run is under ``vmap``."""
        read = self.desk.points[0].seen.__getitem__
        names = names_in(self.statement.root)
        return any(rows_of(run.moment, names, read) is not None for run in self.statement.runs)

    def sample(self, node: ast.expr) -> Any:
        """Return what an expression comes to at the caller's inputs, in the first run."""
        if id(node) not in self._samples:
            self._samples[id(node)] = self._evaluated(node)
        return self._samples[id(node)]

    def array(self, node: ast.expr) -> np.ndarray:
        """Return the sample of an expression that is an array or number; else an empty text."""
        found = self.sample(node)
        if isinstance(found, (np.ndarray, np.generic, float, int)):
            return np.asarray(found)
        return np.asarray("")

    def try_out(self, node: ast.expr) -> Any:
        """Return what any expression would come to there; None when it cannot be evaluated."""
        return self._evaluated(node)

    def _evaluated(self, node: ast.expr) -> Any:
        code = compile_expression(ast.fix_missing_locations(node))
        read = self.desk.points[0].seen.__getitem__
        try:
            with np.errstate(all="ignore"):
                found, _ = self.desk.evaluate(
                    code, names_in(node), self.statement.runs[0], read, {}
                )
        except Exception:  # noqa: BLE001
            return None
        return found

    def _find(self) -> None:
        equations = self.desk.watched.program.equations
        results = [results_of(self.statement, run, equations) for run in self.statement.runs]
        for node in self.nodes:
            place = span_of(self.statement, node)
            values = [result.get(place) for result in results]
            if any(value is None for value in values) or not values:
                if _is_name(node):
                    self._find_bare(node)
                continue
            axis = self._understood(node, values[0])  # type: ignore[arg-type]
            if axis != ():
                writer = self.desk.watched.program.writer
                self.holds[id(node)] = [
                    Hold(value, axis, (writer[value],))  # type: ignore[index,arg-type]
                    for value in values
                ]

    def _understood(self, node: ast.expr, value: Value) -> int | None | tuple[()]:
        """Return the axis of the rows (None without) if an expression is understood, else ()."""
        found = self.sample(node)
        wanted = np.asarray(self.desk.points[0].computed[value])
        if found is None or isinstance(found, (list, tuple, dict)):
            return ()
        found = np.asarray(found)
        if not self.mapped:
            return None if _same(found, wanted) else ()
        if _same(found, wanted):
            return 0 if np.ndim(found) else None
        for axis in range(1, found.ndim):
            if _same(np.moveaxis(found, 0, axis), wanted):
                return axis
        return ()

    def _find_bare(self, node: ast.expr) -> None:
        """Hold a variable that is passed on as it is: returned, or given another name."""
        parent = self.parents.get(id(node))
        if parent is not None and not isinstance(
            parent, (ast.Tuple, ast.List, ast.Dict, ast.keyword, ast.Call)
        ):
            return
        if isinstance(parent, ast.Call) and (parent.func is node or id(parent) in self.holds):
            return
        holds = []
        for run in self.statement.runs:
            ref = _ref(node, run)
            positions = self._uses(node, ref.value, run) if ref is not None else ()
            if ref is None or not positions:
                return
            holds.append(Hold(ref.value, ref.axis, positions, reads=True))
        self.holds[id(node)] = holds

    def _uses(self, node: ast.expr, value: Value, run: Run) -> tuple[int, ...]:
        program = self.desk.watched.program
        if isinstance(self.statement.node, ast.Return):
            return self._returned(node, value) if run.outermost else ()
        if isinstance(self.parents.get(id(node)), (ast.Call, ast.keyword)):
            equations = program.equations[run.start : run.stop]
            return tuple(
                run.start + k for k, equation in enumerate(equations) if value in equation.inputs
            )
        if not isinstance(self.statement.node, ast.Assign):
            return ()
        return _read_as(self.statement, run, value, self._statements, program)

    def _returned(self, node: ast.expr, value: Value) -> tuple[int, ...]:
        """Return the position of the output that a returned variable is."""
        watched = self.desk.watched
        outputs = [k for k, source in enumerate(watched.sources) if source == value]
        twins = [n for n in self.nodes if ast.dump(n) == ast.dump(node)]
        order = next(k for k, twin in enumerate(twins) if twin is node)
        if order >= len(outputs):
            return ()
        return (watched.program.writer[watched.program.outputs[outputs[order]]],)


def _read_as(
    statement: Statement, run: Run, value: Value, statements: Sequence[Statement], program: Any
) -> tuple[int, ...]:
    """Return the equations that read a value by the name that this statement gives it."""
    assert isinstance(statement.node, ast.Assign)
    new = _bases(statement.node.targets)
    old = names_in(statement.root)
    copies = {program.writer[output] for output in program.outputs}
    found = set()
    for other in statements:
        mentioned = names_in(other.root)
        if (other.file, other.function) != (statement.file, statement.function):
            continue
        if not new & mentioned or old & mentioned:
            continue
        for later in other.runs:
            if later.moment.call == run.moment.call and later.start >= run.stop:
                found.update(range(later.start, later.stop))
                if isinstance(other.node, ast.Return):
                    found |= copies | set(range(later.stop, len(program.equations)))
    return tuple(
        sorted(p for p in found if value in program.equations[p].inputs)
    )


def _bases(targets: Sequence[ast.expr]) -> frozenset[str]:
    return frozenset(
        node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
    )


def _ref(node: ast.expr, run: Run) -> Ref | None:
    """Return the value that a plain variable held; None for anything else."""
    found = run.moment.names.get(node.id) if isinstance(node, ast.Name) else None
    return found if isinstance(found, Ref) else None


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def compile_expression(node: ast.expr) -> Any:
    """Compile an expression; that it may be nonsense is found out later, so no warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(ast.Expression(node), "<edit>", "eval")


def _same(found: np.ndarray, wanted: np.ndarray) -> bool:
    if found.shape != wanted.shape or found.dtype.kind not in "fbiu":
        return False
    if not np.isfinite(found).all():
        return False
    left, right = found.astype(float), wanted.astype(float)
    scale = float(np.abs(right).max()) if right.size else 0.0
    return bool((np.abs(left - right) <= _SAME * scale).all())
