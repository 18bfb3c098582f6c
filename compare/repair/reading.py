"""Which value each expression of a statement came to, in each of its runs.

Where the source text leads to is not taken on trust: an expression counts as understood when
Python, evaluating it on NumPy, gets what the derivation computed.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from compare.program import Place
from compare.program.program import Value
from compare.repair.desk import Desk, compile_expression
from compare.repair.scope import rows_of
from compare.repair.source import names_in, parts, put, span
from compare.repair.statements import Statement, results_of, span_of
from compare.repair.uses import Bare, positions_by_run

_SAME = 1e-9
_PART = "_part"
#: What a variable can stand in without being computed with.
_PASS_ON = (ast.Tuple, ast.List, ast.Dict, ast.keyword, ast.Call)


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


class Reading:
    """A statement, read: its expressions and what they came to.

    Attributes:
        statement: Which.
        nodes: Its expressions, outside first.
        holds: For the expressions that are understood, one ``Hold`` a run.
        siblings: All statements of the derivation, read.
    """

    def __init__(
        self,
        desk: Desk,
        statement: Statement,
        statements: Sequence[Statement],
        siblings: "Sequence[Reading]" = (),
    ) -> None:
        self.desk, self.statement, self.siblings = desk, statement, siblings
        self.nodes = list(parts(statement.root))
        self.parents = {
            id(child): node
            for node in ast.walk(statement.root)
            for child in ast.iter_child_nodes(node)
        }
        self.holds: dict[int, list[Hold]] = {}
        self._samples: dict[int, tuple[Any, bool]] = {}
        self._statements = statements
        self._find()

    @property
    def returns(self) -> bool:
        """Whether it returns what the whole derivation does."""
        return isinstance(self.statement.node, ast.Return) and self.statement.runs[0].outermost

    def place(self, node: ast.expr) -> Place:
        """Return where an expression stands."""
        line, first, last = span(node)
        return Place(self.statement.file, line, (first, last), self.statement.function)

    @cached_property
    def mapped(self) -> bool:
        """Whether any run is under ``vmap``."""
        read = self.desk.points[0].seen.__getitem__
        names = names_in(self.statement.root)
        try:
            return any(rows_of(run.moment, names, read) is not None for run in self.statement.runs)
        except ValueError:  # too many rows to go through
            return True

    def sample(self, node: ast.expr) -> Any:
        """Return what an expression comes to at the caller's inputs, in the first run.

        Under ``vmap`` it is what the author sees: the first row.
        """
        found, stacked = self._kept(node)
        return found[0] if stacked else found

    def array(self, node: ast.expr) -> np.ndarray:
        """Return the sample of an expression that is an array or number; else an empty text."""
        return as_array(self.sample(node))

    def whole(self, node: ast.expr) -> np.ndarray:
        """Return ``array``, under ``vmap`` with all its rows, stacked."""
        return as_array(self._kept(node)[0])

    def own(self, node: ast.expr) -> np.ndarray:
        """Return the sample of an expression as the derivation itself computed it.

        What reads a node's value is shown autodiff's; where the node is handed on as the result it
        is the derivation's own that is at issue.
        """
        holds, point = self.holds.get(id(node), ()), self.desk.points[0]
        if holds and holds[0].reads and holds[0].axis is None and holds[0].value in point.held:
            return np.asarray(point.computed[holds[0].value])
        return self.array(node)

    def variable(self, node: ast.expr) -> Any:
        """Return what a variable held in the first run; None when the expression is none."""
        names = self.statement.runs[0].moment.names
        return names.get(node.id) if isinstance(node, ast.Name) else None

    def try_out(self, node: ast.expr, *, whole: bool = False) -> Any:
        """Return what any expression would come to there; None when it cannot be evaluated.

        Args:
            node: The expression.
            whole: Under ``vmap``, return all rows, stacked.
        """
        found, stacked = self._evaluated(node)
        return found[0] if stacked and not whole else found

    def with_part(self, node: ast.expr, part: ast.expr, content: np.ndarray) -> Any:
        """Return what an expression would come to if a part of it came to something else."""
        tree = put(node, part, ast.copy_location(ast.Name(_PART, ast.Load()), part))
        found, _ = self._evaluated(tree, {_PART: lambda: content})
        return found

    def _kept(self, node: ast.expr) -> tuple[Any, bool]:
        if id(node) not in self._samples:
            self._samples[id(node)] = self._evaluated(node)
        return self._samples[id(node)]

    def _evaluated(
        self, node: ast.expr, extra: Mapping[str, Any] = MappingProxyType({})
    ) -> tuple[Any, bool]:
        """Return what an expression comes to, and whether that is rows, stacked."""
        code = compile_expression(ast.fix_missing_locations(node))
        read = self.desk.points[0].seen.__getitem__
        try:
            with np.errstate(all="ignore"):
                run = self.statement.runs[0]
                return self.desk.evaluate(code, names_in(node), run, read, extra)
        except Exception:  # noqa: BLE001
            return None, False

    def _find(self) -> None:
        equations = self.desk.watched.program.equations
        results = [results_of(self.statement, run, equations) for run in self.statement.runs]
        self._hold_returned()
        for node in self.nodes:
            if id(node) in self.holds:
                continue
            place = span_of(self.statement, node)
            values = [result.get(place) for result in results]
            known = [value for value in values if value is not None]
            if isinstance(node, ast.Name):
                self._hold_bare(node)
            elif len(known) == len(values):
                self._hold(node, known)

    def _hold_returned(self) -> None:
        """Hold what is returned though nothing computed it: zeros, say."""
        runs, program = self.statement.runs, self.desk.watched.program
        if not isinstance(self.statement.node, ast.Return) or len(runs) > 1:
            return
        if not runs[0].outermost:
            return
        computed = self.desk.points[0].computed
        for output, source in zip(program.outputs, self.desk.watched.sources, strict=True):
            if source in program.writer or source in program.inputs:
                continue
            for node in self.nodes:
                if not isinstance(node, ast.Call) or id(node) in self.holds:
                    continue
                if _same(as_array(self.sample(node)), np.asarray(computed[source])):
                    hold = Hold(source, None, (program.writer[output],), reads=True)
                    self.holds[id(node)] = [hold]
                    break

    def _hold(self, node: ast.expr, values: Sequence[Value]) -> None:
        understood, axis = self._understood(node, values[0])
        if understood:
            writer = self.desk.watched.program.writer
            self.holds[id(node)] = [Hold(value, axis, (writer[value],)) for value in values]

    def _hold_bare(self, node: ast.Name) -> None:
        """Hold a variable that is passed on as it is."""
        parent = self.parents.get(id(node))
        if parent is not None and not isinstance(parent, _PASS_ON):
            return
        if isinstance(parent, ast.Call) and (parent.func is node or id(parent) in self.holds):
            return
        bare = Bare(node, parent, self.statement, self._statements, self.desk.watched)
        holds = [
            Hold(ref.value, ref.axis, readers, reads=True)
            for ref, readers in positions_by_run(bare).values()
        ]
        if holds:
            self.holds[id(node)] = holds

    def _understood(self, node: ast.expr, value: Value) -> tuple[bool, int | None]:
        """Return whether an expression is understood, and the axis of the rows, if any."""
        wanted = np.asarray(self.desk.points[0].computed[value])
        content, stacked = self._kept(node)
        found = as_array(content)
        if not stacked:
            return _same(found, wanted), None
        for axis in range(found.ndim):
            if _same(np.moveaxis(found, 0, axis), wanted):
                return True, axis
        return False, None


def as_array(content: Any) -> np.ndarray:
    """Return an array or number as an array; of anything else, a list say, an empty text."""
    if isinstance(content, (np.ndarray, np.generic, float, int)):
        return np.asarray(content)
    return np.asarray("")


def _same(found: np.ndarray, wanted: np.ndarray) -> bool:
    if found.shape != wanted.shape or found.dtype.kind not in "fbiu":
        return False
    if not np.isfinite(found).all():
        return False
    left, right = found.astype(float), wanted.astype(float)
    scale = float(np.abs(right).max()) if right.size else 0.0
    return bool((np.abs(left - right) <= _SAME * scale).all())
