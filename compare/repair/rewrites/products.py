"""Other ways to multiply the same two matrices; transposes."""

import ast
from collections.abc import Iterator

from compare.repair.edits import Change
from compare.repair.reading import Reading, as_array
from compare.repair.rewrites.writing import binary, transposed

_KIND = "missing-transpose"


def products(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield the products of the same factors, each perhaps transposed, in either order."""
    if isinstance(node, ast.Attribute):
        if node.attr == "T":
            yield Change(node, node.value, _KIND, 1.0)
        return
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)):
        return
    shape = reading.array(node).shape
    for first, second, cost in _orders(node):
        for left, right in _transposes(first, second):
            if left is node.left and right is node.right:
                continue
            new = binary(left, ast.MatMult, right)
            flips = (left is not first) + (right is not second)
            if _shape_of(new, reading) == shape:
                yield Change(node, new, _KIND, 1.0 + cost + 0.1 * flips)


def _orders(node: ast.BinOp) -> Iterator[tuple[ast.expr, ast.expr, float]]:
    yield node.left, node.right, 0.0
    yield node.right, node.left, 0.1


def _transposes(left: ast.expr, right: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    for first in (left, transposed(left)):
        for second in (right, transposed(right)):
            yield first, second


def _shape_of(node: ast.expr, reading: Reading) -> tuple[int, ...] | None:
    found = reading.try_out(node)
    return None if found is None else as_array(found).shape
