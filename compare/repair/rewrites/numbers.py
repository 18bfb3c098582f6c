"""Other numbers for a number of the source."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.named import fraction
from compare.repair.rewrites.writing import binary, constant


def other_numbers(node: ast.Constant, reading: Reading) -> Iterator[Change]:
    """Yield the numbers that are taken for one another: the double, the half, the inverse, ..."""
    old = node.value
    if isinstance(old, bool) or not isinstance(old, (int, float)):
        return
    parent = reading.parents.get(id(node))
    if isinstance(parent, ast.keyword):
        return
    if _indexes(node, reading):
        yield from _choices(node, (old - 1, old + 1, 0, 1), "index-axis")
    elif isinstance(parent, ast.Compare):
        yield from _choices(node, (0, 1, -old), "wrong-branch")
    elif isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and parent.right is node:
        yield from _exponents(parent, old, reading)
    else:
        yield from _others(node, old, parent)


def _choices(node: ast.Constant, numbers: Sequence[int | float], kind: str) -> Iterator[Change]:
    """Yield a few other numbers; an index counts from the front."""
    for new in numbers:
        if new != node.value and (new >= 0 or kind != "index-axis"):
            yield Change(node, constant(new), kind, 1.2)


def _others(node: ast.Constant, old: int | float, parent: ast.AST | None) -> Iterator[Change]:
    """Yield the numbers that a factor, or a term, is mistaken for."""
    added = isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub))
    slope = added and old != 0
    kind = "wrong-activation-derivative" if slope else "wrong-constant-factor"
    for rank, new in enumerate(_numbers(old)):
        yield Change(node, _tidy(new), kind, 1.2 + 0.005 * rank + 0.4 * (new == 0))


def _exponents(power: ast.BinOp, old: int | float, reading: Reading) -> Iterator[Change]:
    """Yield the other powers of an expression; the first is the expression itself."""
    number = reading.array(power.left).ndim == 0
    kind = "wrong-constant-factor" if number else "wrong-activation-derivative"
    for rank, new in enumerate(n for n in _numbers(old) if n):
        other = binary(power.left, ast.Pow, _tidy(new)) if new != 1 else power.left
        yield Change(power, other, kind, 1.2 + 0.005 * rank)


def powers(node: ast.BinOp, reading: Reading) -> Iterator[Change]:
    """Yield the next power, and the one before, where a variable says which power it is."""
    if isinstance(node.op, ast.Pow) and not isinstance(node.right, ast.Constant):
        for operator in (ast.Sub, ast.Add):
            next_to = binary(node.right, operator, ast.Constant(1))
            new = binary(node.left, ast.Pow, next_to)
            yield Change(node, new, "wrong-activation-derivative", 1.0)


def _tidy(number: float) -> ast.expr:
    """Return a number as it is written: a fraction where its digits would not end."""
    ends = len(repr(float(number))) < 8
    return constant(number) if ends else fraction(number) or constant(number)


def _numbers(old: int | float) -> list[int | float]:
    options = [2 * old, old / 2, -old, 1, 2, 0.5, old + 1, old - 1, 3 * old, old / 3, old**2, 0.0]
    options += [4 * old, old / 4, 10 * old, old / 10, 1 - old]
    options += [1 / old, abs(old) ** 0.5] if old else []
    whole = isinstance(old, int)
    tidy = [int(n) if whole and float(n).is_integer() else n for n in options]
    return [n for n in dict.fromkeys(tidy) if n != old and np.isfinite(n)]


def _indexes(node: ast.AST, reading: Reading) -> bool:
    """Whether a number stands in a subscript."""
    while (parent := reading.parents.get(id(node))) is not None:
        if isinstance(parent, ast.Subscript):
            return parent.slice is node
        if not isinstance(parent, (ast.Slice, ast.Tuple, ast.UnaryOp, ast.BinOp)):
            return False
        node = parent
    return False
