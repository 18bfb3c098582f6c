"""Other numbers for a number of the source."""

import ast
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.writing import binary, constant, parsed

#: How closely a number must be met, and the largest denominator of one that is written out.
_EXACT, _SMALL = 1e-9, 12


def other_numbers(node: ast.Constant, reading: Reading) -> Iterator[Change]:
    """Yield the numbers that are taken for one another: the double, the half, the inverse, ..."""
    old = node.value
    if isinstance(old, bool) or not isinstance(old, (int, float)):
        return
    parent = reading.parents.get(id(node))
    if isinstance(parent, ast.keyword):
        return
    if _indexes(node, reading):
        for new in (old - 1, old + 1, 0, 1):
            if new != old and new >= 0:
                yield Change(node, constant(new), "index-axis", 1.2)
        return
    if isinstance(parent, ast.Compare):
        for new in (0, 1, -old):
            if new != old:
                yield Change(node, constant(new), "wrong-branch", 1.2)
        return
    power = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow)
    added = isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub))
    slope = power or (added and old != 0)
    kind = "wrong-activation-derivative" if slope else "wrong-constant-factor"
    for rank, new in enumerate(_numbers(old)):
        yield Change(node, _tidy(new), kind, 1.2 + 0.005 * rank + 0.4 * (new == 0))


def shifted(node: ast.Subscript, reading: Reading) -> Iterator[Change]:
    """Yield the neighbour of an element that is counted by a variable; all but the other end."""
    index = node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for k, part in enumerate(parts):
        if isinstance(part, ast.Slice) and (other := _other_end(part)) is not None:
            chosen = [*parts[:k], other, *parts[k + 1 :]]
            slices = ast.Tuple(chosen, ast.Load()) if isinstance(index, ast.Tuple) else other
            new = ast.Subscript(node.value, slices, ast.Load())
            yield Change(node, new, "index-axis", 1.0)
    if isinstance(index, ast.Name):
        for operator in (ast.Add, ast.Sub):
            new = ast.Subscript(node.value, binary(index, operator, ast.Constant(1)), ast.Load())
            yield Change(node, new, "index-axis", 1.0)
    elif isinstance(index, ast.BinOp) and isinstance(index.right, ast.Constant):
        yield Change(node, ast.Subscript(node.value, index.left, ast.Load()), "index-axis", 1.0)


def _other_end(part: ast.Slice) -> ast.Slice | None:
    """Return ``:-1`` for ``1:`` and the other way round; None for other slices."""
    lower, upper = part.lower, part.upper
    if part.step is not None:
        return None
    if upper is None and isinstance(lower, ast.Constant) and isinstance(lower.value, int):
        return ast.Slice(None, constant(-lower.value)) if lower.value else None
    if lower is None and isinstance(upper, ast.UnaryOp) and isinstance(upper.operand, ast.Constant):
        return ast.Slice(constant(upper.operand.value), None)
    return None


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


def named_numbers(value: float, atoms: Sequence[Atom]) -> Iterator[tuple[ast.expr, float]]:
    """Yield what a number may be called: a size, one over it, its root; a small fraction at last.

    Args:
        value: The number.
        atoms: What is at hand.
    """
    if not value or not np.isfinite(value):
        return
    scalars = [a for a in atoms if a.shape == () and np.asarray(a.content).dtype.kind in "fiu"]
    for atom in scalars:
        size, cost = float(atom.content), 0.004 * len(atom.text)
        for template, content, more in (
            ("{a}", size, 0.0),
            ("1 / {a}", 1 / size if size else 0.0, 0.05),
            ("2 / {a}", 2 / size if size else 0.0, 0.1),
            ("2 * {a}", 2 * size, 0.1),
            ("{a} / 2", size / 2, 0.1),
            ("-{a}", -size, 0.1),
            ("1 / jnp.sqrt({a})", size**-0.5 if size > 0 else 0.0, 0.1),
            ("jnp.sqrt({a})", size**0.5 if size > 0 else 0.0, 0.1),
            ("{a} ** 2", size**2, 0.1),
        ):
            if abs(content - value) <= _EXACT * abs(value):
                text = f"({atom.text})" if atom.phrase else atom.text
                yield parsed(template.format(a=text)), cost + more
    for one, other in itertools.combinations(scalars, 2):
        product = float(one.content) * float(other.content)
        for operator, content in ((None, product), (ast.Div, 1 / product if product else 0.0)):
            if abs(content - value) <= _EXACT * abs(value):
                node = binary(one.node, ast.Mult, other.node)
                node = binary(ast.Constant(1), ast.Div, node) if operator else node
                yield node, 0.3 + 0.004 * len(one.text + other.text)
    if (written := fraction(value)) is not None:
        yield written, 0.35


def written(value: float) -> ast.expr | None:
    """Return a number of few digits, or a small fraction; None when it is neither."""
    short = float(f"{value:.3g}")
    return constant(short) if abs(short - value) <= _EXACT * abs(value) else fraction(value)


def fraction(value: float) -> ast.expr | None:
    """Return a number as a small fraction, ``2 / 3``; None when it is none."""
    near = Fraction(value).limit_denominator(_SMALL)
    if abs(float(near) - value) > _EXACT * abs(value) or abs(near.numerator) > 10 * _SMALL:
        return None
    if near.denominator == 1:
        return constant(near.numerator)
    if near.denominator in (2, 4, 5, 8, 10):
        return constant(float(near))
    return binary(constant(near.numerator), ast.Div, ast.Constant(near.denominator))


def _indexes(node: ast.AST, reading: Reading) -> bool:
    """Whether a number stands in a subscript."""
    while (parent := reading.parents.get(id(node))) is not None:
        if isinstance(parent, ast.Subscript):
            return parent.slice is node
        if not isinstance(parent, (ast.Slice, ast.Tuple, ast.UnaryOp, ast.BinOp)):
            return False
        node = parent
    return False
