"""An edit of the author's source: one expression rewritten, and what the derivation is then."""

import ast
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np

from compare.program.program import Value
from compare.repair.bench import Override, Point, Read
from compare.repair.carry import grows, put_names, uses, variable_of
from compare.repair.desk import compile_expression
from compare.repair.reading import Hold, Reading, as_array
from compare.repair.source import names_in, put
from compare.repair.stand_ins import editable
from compare.repair.statements import Run
from compare.repair.unpacked import assigned_values


@dataclass(frozen=True)
class Change:
    """What is written instead of an expression.

    Attributes:
        node: The expression.
        new: What stands there instead; it may contain the old.
        kind: The kind of mistake that it mends.
        cost: How far it is from what stands there.
    """

    node: ast.expr
    new: ast.expr
    kind: str
    cost: float


@dataclass(frozen=True, eq=False)
class Edit:
    """A change of a statement.

    Attributes:
        reading: The statement, read.
        change: What is changed.
        cost: How far the whole is from what stands there, and how unlikely the place.
        grown: Whether it brings another shape to where a variable is read.
    """

    reading: Reading
    change: Change
    cost: float
    grown: bool = False

    @cached_property
    def anchor(self) -> ast.expr | None:
        """The smallest understood expression around the change that keeps its shape."""
        reading, node = self.reading, self._around(self.change.node)
        new: ast.expr = self.change.new
        if self.grown:
            while node is not None and self._shape_in(node) != _shape(reading, node):
                node = self._around(reading.parents.get(id(node)))
        elif node is self.change.node and not self._handed_on(node):
            shape = as_array(reading.try_out(new)).shape
            while node is not None and node is self.change.node and shape != _shape(reading, node):
                node = self._around(reading.parents.get(id(node)))
        return node

    def _shape_in(self, node: ast.expr) -> tuple[int, ...]:
        """Return the shape of an expression with the change made in it."""
        tree = put(node, self.change.node, self.change.new)
        return as_array(self.reading.try_out(tree)).shape

    def _handed_on(self, node: ast.expr) -> bool:
        """Whether a variable is returned or passed, whatever its shape; not given another name."""
        named = node is self._root and variable_of(self.reading)
        return isinstance(node, ast.Name) and not named

    @cached_property
    def uses(self) -> tuple["Edit", ...]:
        """The edits where the variable is read, when it cannot be made where it is assigned."""
        reading = self.reading
        if self.anchor is not None or not variable_of(reading):
            return ()
        new = put(reading.statement.root, self.change.node, self.change.new)
        if not grows(reading, new):
            return ()
        single = [
            Edit(r, Change(node, new, self.change.kind, 0.0), 0.0, grown=True)
            for r, node in uses(reading)
        ]
        if not all(edit.anchor is not None for edit in single):
            return ()
        by_anchor = {id(edit.anchor): edit for edit in single}
        if len(by_anchor) == len(single):
            return tuple(single)
        name = variable_of(reading)
        return tuple(
            Edit(e.reading, Change(e.anchor, put_names(e.anchor, name, new), "", 0.0), 0.0)
            for e in by_anchor.values()
            if e.anchor is not None
        )

    @property
    def fits(self) -> bool:
        """Whether it can be made."""
        return self.anchor is not None or bool(self.uses) or bool(self._handed)

    @cached_property
    def _handed(self) -> Mapping[int, Value]:
        """What a statement assigns that unpacks what a whole call returns, one after another."""
        return assigned_values(self.reading) if self.change.node is self._root else {}

    @property
    def of_plain_number(self) -> bool:
        """Whether it changes the number that a variable was given: nothing was computed for it."""
        node = self.change.node
        return node is self._root and isinstance(node, ast.Constant) and not self.reading.holds

    @property
    def _root(self) -> ast.expr:
        return self.reading.statement.root

    def _around(self, node: ast.AST | None) -> ast.expr | None:
        while node is not None and id(node) not in self.reading.holds:
            node = self.reading.parents.get(id(node))
        return node if isinstance(node, ast.expr) else None

    @cached_property
    def _compiled(self) -> tuple[Any, frozenset[str], Mapping[str, ast.expr]]:
        """The new text of the anchor, and the parts of it that stay, by placeholder."""
        assert self.anchor is not None
        writer = _Writer(self)
        tree = writer.written(self.anchor, inside=False)
        return compile_expression(tree), names_in(tree), writer.staying

    def overrides(self, point: Point) -> dict[int, Override]:
        """Return the changed equations by position."""
        if self.uses:
            return {p: new for edit in self.uses for p, new in edit.overrides(point).items()}
        if self.anchor is None:
            return {
                self.reading.desk.watched.program.writer[value]: functools.partial(self._part, k)
                for k, value in self._handed.items()
            }
        found: dict[int, Override] = {}
        for k, (run, hold) in enumerate(
            zip(self.reading.statement.runs, self.reading.holds[id(self.anchor)], strict=True)
        ):
            for position in hold.positions:
                found[position] = self._override(k, run, hold, position)
        return found

    def _part(self, k: int, read: Read) -> list[Any]:
        """Return one of the values that a rewritten call returns."""
        tree = ast.fix_missing_locations(self.change.new)
        code, names = compile_expression(tree), names_in(tree)
        run, desk = self.reading.statement.runs[0], self.reading.desk
        found, _ = desk.evaluate(code, names, run, read, {})
        content = np.asarray(jax.tree.leaves(found)[k])
        return [_as(desk.watched.program.types[self._handed[k]].dtype, content)]

    def _override(self, k: int, run: Run, hold: Hold, position: int) -> Override:
        """Return what an equation does instead, in the ``k``-th run."""
        return functools.partial(self._results, k, run, hold, position)

    def _results(self, k: int, run: Run, hold: Hold, position: int, read: Read) -> list[Any]:
        program = self.reading.desk.watched.program
        code, names, places = self._compiled
        extra = {
            name: self._staying(node, k, hold, position, read) for name, node in places.items()
        }
        found, stacked = self.reading.desk.evaluate(code, names, run, read, extra)
        content = np.asarray(found)
        if stacked and hold.axis:
            content = np.moveaxis(content, 0, hold.axis)
        if not hold.reads:
            return [_as(program.types[hold.value].dtype, content)]
        equation = program.equations[position]
        content = _as(program.types[hold.value].dtype, content)
        operands = [content if v == hold.value else read(v) for v in equation.inputs]
        return self.reading.desk.meter.execute(equation, operands)

    def _staying(
        self, node: ast.expr, k: int, hold: Hold, position: int, read: Read
    ) -> Callable[[], Any]:
        """Return how the value of an unchanged part is got."""
        value = self.reading.holds[id(node)][k].value
        if node is self.anchor and not hold.reads:
            desk = self.reading.desk
            equation = desk.watched.program.equations[position]
            return lambda: editable(
                desk.meter.execute(equation, [read(v) for v in equation.inputs])[0]
            )
        return lambda: editable(read(value))


def _shape(reading: Reading, node: ast.expr) -> tuple[int, ...]:
    return reading.array(node).shape


def _as(dtype: np.dtype, content: np.ndarray) -> np.ndarray:
    """Return an array in the type of what it replaces.

    Raises:
        TypeError: If it is of another kind and not a narrower one.
    """
    if not np.can_cast(content.dtype, np.result_type(dtype, np.float32), "same_kind"):
        raise TypeError(content.dtype)
    if dtype.kind in "biu" and content.dtype.kind not in "biu"[: "biu".index(dtype.kind) + 1]:
        raise TypeError(content.dtype)
    return content.astype(dtype, copy=False)


#: Where a written expression stands, as Python's compiler wants to know.
_ANYWHERE = ast.parse("_", mode="eval").body


class _Writer:
    """Writes the anchor anew: the change made, unchanged parts as names for what they came to."""

    def __init__(self, edit: Edit) -> None:
        self.change, self.anchor, self.reading = edit.change, edit.anchor, edit.reading
        self.staying: dict[str, ast.expr] = {}

    def written(self, node: Any, inside: bool) -> Any:
        """Return a copy of a node; ``inside`` the new text, the old expression is just a part."""
        if node is self.change.node and not inside:
            return self.written(self.change.new, inside=True)
        if self._stays(node) and (inside or node is not self.anchor):
            name = f"_e{len(self.staying)}"
            self.staying[name] = node
            return ast.copy_location(ast.Name(name, ast.Load()), _ANYWHERE)
        copy = ast.AST.__new__(type(node))  # the constructor wants all fields at once
        if isinstance(node, (ast.expr, ast.keyword)):
            ast.copy_location(copy, _ANYWHERE)
        for name, content in ast.iter_fields(node):
            setattr(copy, name, self._field(content, inside))
        return copy

    def _stays(self, node: ast.AST) -> bool:
        return id(node) in self.reading.holds and not self.reading.mapped

    def _field(self, content: Any, inside: bool) -> Any:
        if isinstance(content, list):
            return [self._field(part, inside) for part in content]
        return self.written(content, inside) if isinstance(content, ast.AST) else content
