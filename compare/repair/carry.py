"""Edits of an assignment that are made where its variable is read.

In its own place an edit cannot be made when nothing is computed there (``scale = 1``), or when what
comes out has another shape than before. The statements that read the variable are then written with
the new expression in its place.
"""

import ast
import copy
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.reading import Reading, as_array
from compare.repair.source import names_in


def variable_of(reading: Reading) -> str:
    """Return the variable that a statement assigns, if no other of its function does; else ""."""
    node = reading.statement.node
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
        return ""
    target = node.targets[0]
    if not isinstance(target, ast.Name):
        return ""
    writers = [other for other in _same_function(reading) if target.id in assigned(other)]
    return target.id if len(writers) == 1 and writers[0] is reading else ""


def readers_of(reading: Reading) -> list[Reading]:
    """Return the statements that read the variable that a statement assigns."""
    name = variable_of(reading)
    if not name:
        return []
    start = reading.statement.runs[0].start
    return [
        other
        for other in _same_function(reading)
        if other is not reading
        and other.statement.runs[0].start >= start
        and name in names_in(other.statement.root)
    ]


def uses(reading: Reading) -> Iterator[tuple[Reading, ast.Name]]:
    """Yield where the variable is read that a statement assigns."""
    name = variable_of(reading)
    for other in readers_of(reading):
        for node in ast.walk(other.statement.root):
            if isinstance(node, ast.Name) and node.id == name:
                yield other, node


def grows(reading: Reading, new: ast.expr) -> bool:
    """Whether a statement comes to another shape, one of the two broadcast to the other."""
    old, found = reading.array(reading.statement.root), as_array(reading.try_out(new))
    if found.dtype.kind not in "fbi" or old.dtype.kind not in "fbi":
        return False
    if not reading.holds and found.shape == old.shape:
        return True
    try:
        wide = np.broadcast_shapes(old.shape, found.shape)
    except ValueError:
        return False
    return found.shape != old.shape and wide in (old.shape, found.shape)


def put_names(node: ast.expr, name: str, new: ast.expr) -> ast.expr:
    """Return an expression with every mention of a variable replaced."""
    renamed: ast.expr = _Renamed(name, new).visit(copy.deepcopy(node))
    return renamed


class _Renamed(ast.NodeTransformer):
    """Puts an expression in the place of a variable."""

    def __init__(self, name: str, new: ast.expr) -> None:
        self.name, self.new = name, new

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.new if node.id == self.name else node


def _same_function(reading: Reading) -> Sequence[Reading]:
    here = (reading.statement.file, reading.statement.function)
    return [r for r in reading.siblings if (r.statement.file, r.statement.function) == here]


def assigned(reading: Reading) -> frozenset[str]:
    """Return the variables that a statement assigns."""
    node = reading.statement.node
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return frozenset().union(*(names_in(target) for target in targets if target is not None))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
