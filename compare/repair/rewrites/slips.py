"""Slips of the pen: a sign, an operator, an axis, a number; nothing is brought in."""

import ast
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.calls import author_functions, calls, flags
from compare.repair.rewrites.elements import elsewhere_kept, lengths, shifted
from compare.repair.rewrites.fitting import is_value
from compare.repair.rewrites.numbers import other_numbers, powers
from compare.repair.rewrites.products import products
from compare.repair.rewrites.reductions import reductions
from compare.repair.rewrites.writing import (
    binary,
    factor_kind,
    negative,
)

_OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_COMPARISONS: tuple[type[ast.cmpop], ...] = (
    ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq, ast.NotEq,
)  # fmt: skip


def slips(reading: Reading) -> Iterator[Change]:
    """Yield the changes that need nothing but what the statement already has."""
    for node in reading.nodes:
        for rule in _RULES.get(type(node), ()):
            yield from rule(node, reading)
        yield from _negated(node, reading)
        yield from _wrapped(node, reading)


def _wrapped(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield a function of an expression that was left out; of a variable, its size."""
    computed = id(node) in reading.holds
    known = computed or is_value(node, reading)
    if known and reading.array(node).dtype.kind == "f":
        for name in ("sqrt", "exp", "tanh", "square", "abs") if computed else ("abs",):
            new = ast.parse(f"jnp.{name}(_)", mode="eval").body
            assert isinstance(new, ast.Call)
            call = ast.Call(new.func, [node], [])
            yield Change(node, call, "wrong-activation-derivative", 1.7)


def accumulated(reading: Reading) -> Iterator[Change]:
    """Yield ``a = a + b`` for ``a = b``: what collects gradients was written over."""
    node, root = reading.statement.node, reading.statement.root
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
        return
    target = node.targets[0]
    if isinstance(target, (ast.Name, ast.Subscript)):
        before = ast.parse(ast.unparse(target), mode="eval").body
        held = reading.try_out(before)
        if isinstance(held, np.ndarray) and held.shape == reading.array(root).shape:
            yield Change(root, binary(before, ast.Add, root), "missing-term", 1.2)


def _signs(node: ast.BinOp, reading: Reading) -> Iterator[Change]:
    """Yield another operator, the operands swapped, one of them left out."""
    left, right, operator = node.left, node.right, type(node.op)
    if operator in (ast.Add, ast.Sub):
        yield Change(node, binary(left, _OPERATORS[operator], right), "wrong-sign", 1.0)
        yield Change(node, left, "missing-term", 1.3)
        kept = right if operator is ast.Add else negative(right)
        yield Change(node, kept, "missing-term", 1.3 + 0.05 * (operator is ast.Sub))
    if operator is ast.Sub:
        yield Change(node, binary(right, ast.Sub, left), "wrong-sign", 1.0)
    if operator is ast.Add:
        yield Change(node, binary(right, ast.Sub, left), "wrong-sign", 1.1)


def _factors(node: ast.BinOp, reading: Reading) -> Iterator[Change]:
    left, right, operator = node.left, node.right, type(node.op)
    if operator not in (ast.Mult, ast.Div):
        return
    kinds = {id(side): factor_kind(reading.whole(side)) for side in (left, right)}
    smaller = right if operator is ast.Div else min(left, right, key=lambda s: _size(s, reading))
    other = binary(left, _OPERATORS[operator], right)
    yield Change(node, other, kinds[id(smaller)], 1.0)
    yield Change(node, left, kinds[id(right)], 1.1)
    if operator is ast.Mult:
        yield Change(node, right, kinds[id(left)], 1.1)
        yield Change(node, binary(right, ast.Div, left), kinds[id(left)], 1.15)
    else:
        yield Change(node, binary(right, ast.Div, left), "wrong-constant-factor", 1.2)


def _size(node: ast.expr, reading: Reading) -> int:
    return int(reading.array(node).size)


def _unary(node: ast.UnaryOp, reading: Reading) -> Iterator[Change]:
    if isinstance(node.op, ast.USub):
        yield Change(node, node.operand, "wrong-sign", 0.8)
    if isinstance(node.op, (ast.Invert, ast.Not)):
        yield Change(node, node.operand, "wrong-branch", 1.0)


def _comparisons(node: ast.Compare, reading: Reading) -> Iterator[Change]:
    if len(node.ops) != 1:
        return
    for operator in _COMPARISONS:
        if not isinstance(node.ops[0], operator):
            new = ast.Compare(node.left, [operator()], node.comparators)
            yield Change(node, new, "wrong-branch", 1.0)


def _negated(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield the negative of a whole expression, or of one that is handed on."""
    if isinstance(node, (ast.UnaryOp, ast.Constant)):
        return
    parent = reading.parents.get(id(node))
    whole = parent is None or isinstance(parent, (ast.Tuple, ast.List, ast.Dict, ast.keyword))
    inside = isinstance(parent, (ast.Call, ast.BinOp)) and reading.sample(node) is not None
    if whole or inside:
        count = reading.array(node).dtype.kind in "iub"  # which is not negative
        yield Change(
            node,
            negative(node),
            "wrong-sign",
            1.8 if whole and not count else 2.2 if whole else 2.1,
        )


_Rule = Callable[..., Iterator[Change]]
_RULES: Mapping[type[ast.expr], tuple[_Rule, ...]] = {
    ast.BinOp: (_signs, _factors, products, powers),
    ast.UnaryOp: (_unary,),
    ast.Compare: (_comparisons,),
    ast.Call: (reductions, calls, flags, author_functions, lengths),
    ast.Constant: (other_numbers,),
    ast.Subscript: (shifted, elsewhere_kept, lengths),
    ast.Attribute: (products, lengths),
}
