"""Slips of the pen: a sign, an operator, an axis, a number; nothing is brought in."""

import ast
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.numbers import other_numbers, shifted
from compare.repair.rewrites.products import products
from compare.repair.rewrites.reductions import reductions
from compare.repair.rewrites.writing import (
    binary,
    called,
    factor_kind,
    negative,
    with_arguments,
    with_keyword,
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
#: Functions that are taken for one another.
_RELATED = (
    ("tanh", "sin", "sigmoid", "cos", "sign", "arctan"),
    ("exp", "log", "expm1", "log1p", "sinh", "cosh"),
    ("maximum", "minimum"),
    ("max", "min", "sum", "mean"),
    ("argmax", "argmin"),
    ("sqrt", "square", "reciprocal"),
    ("floor", "ceil", "round"),
    ("ones_like", "zeros_like"),
    ("sigmoid", "softmax", "relu"),
)


def slips(reading: Reading) -> Iterator[Change]:
    """Yield the changes that need nothing but what the statement already has."""
    for node in reading.nodes:
        for rule in _RULES.get(type(node), ()):
            yield from rule(node, reading)
        yield from _negated(node, reading)
        yield from _wrapped(node, reading)
    yield from _accumulated(reading)


def _wrapped(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield a function of an expression that was left out."""
    if id(node) in reading.holds and reading.array(node).dtype.kind == "f":
        for name in ("sqrt", "exp", "tanh", "square", "abs"):
            new = ast.parse(f"jnp.{name}(_)", mode="eval").body
            assert isinstance(new, ast.Call)
            call = ast.Call(new.func, [node], [])
            yield Change(node, call, "wrong-activation-derivative", 1.7)


def _accumulated(reading: Reading) -> Iterator[Change]:
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
    kinds = {id(side): factor_kind(reading.array(side)) for side in (left, right)}
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


def _calls(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield a related function, branches swapped, arguments swapped."""
    name = called(node)
    for related in _RELATED:
        if name in related:
            for other in related:
                if other != name:
                    yield Change(node, _renamed(node, other), _slip_of(name, other), 1.3)
    if name == "where" and len(node.args) == 3:
        which, first, second = node.args
        swapped = with_arguments(node, [which, second, first])
        yield Change(node, swapped, "wrong-branch", 1.0)
        yield Change(node, first, "mask-ignored", 1.4)
        yield Change(node, second, "mask-ignored", 1.4)
    elif len(node.args) == 2:
        yield Change(node, with_arguments(node, node.args[::-1]), "index-axis", 1.3)
    if name in ("zeros_like", "zeros") and len(node.args) == 1:
        yield Change(node, node.args[0], "zero-gradient", 0.9)
    elif len(node.args) == 1 and not node.keywords and reading.array(node).size > 1:
        yield Change(node, node.args[0], "missing-factor", 1.6)
    yield from _updates(node, reading)
    if name == "cumsum" and len(node.args) == 1 and ast.unparse(node).endswith((")", "axis=0)")):
        turned = ast.parse("_[::-1]", mode="eval").body
        assert isinstance(turned, ast.Subscript)
        inner = ast.Subscript(node.args[0], turned.slice, ast.Load())
        call = with_arguments(node, [inner])
        yield Change(node, ast.Subscript(call, turned.slice, ast.Load()), "missing-transpose", 1.0)


def _updates(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield ``x`` for ``x.at[i].set(y)``: an element was changed; and ``.add`` for ``.set``."""
    function = node.func
    if not (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Subscript)):
        return
    place = function.value.value
    if not (isinstance(place, ast.Attribute) and place.attr == "at" and node.args):
        return
    value = reading.array(node.args[0])
    number = float(value) if value.shape == () and value.dtype.kind in "fi" else None
    kind = {"add": "missing-term", "set": "wrong-saved-value"}.get(function.attr, "missing-factor")
    if function.attr == "set" and number == 0:
        kind = "zero-gradient"
    elif function.attr in ("multiply", "mul") and number is not None:
        kind = "wrong-sign" if number == -1 else "wrong-constant-factor"
    yield Change(node, place.value, kind, 0.9)
    if function.attr == "set":
        added = ast.Attribute(function.value, "add", ast.Load())
        yield Change(node, ast.Call(added, node.args, node.keywords), "missing-term", 0.8)


def _flags(node: ast.Call, reading: Reading) -> Iterator[Change]:
    for keyword in node.keywords:
        flag = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg and isinstance(flag, bool):
            turned = with_keyword(node, keyword.arg, ast.Constant(not flag))
            yield Change(node, turned, "index-axis", 1.2)


def _renamed(node: ast.Call, name: str) -> ast.Call:
    function = node.func
    if isinstance(function, ast.Attribute):
        base = function.value
        if name in ("sigmoid", "softmax", "relu"):
            base = ast.parse("jax.nn", mode="eval").body
        elif ast.unparse(base) == "jax.nn":
            base = ast.Name("jnp", ast.Load())
        return ast.Call(ast.Attribute(base, name, ast.Load()), node.args, node.keywords)
    return ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)


def _slip_of(old: str, new: str) -> str:
    if old in ("max", "min", "sum", "mean"):
        return "wrong-reduction"
    if old in ("maximum", "minimum", "argmax", "argmin"):
        return "wrong-branch"
    return "zero-gradient" if old == "zeros_like" else "wrong-activation-derivative"


def _negated(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield the negative of a whole expression, or of one that is handed on."""
    if isinstance(node, (ast.UnaryOp, ast.Constant)):
        return
    parent = reading.parents.get(id(node))
    whole = parent is None or isinstance(parent, (ast.Tuple, ast.List, ast.Dict, ast.keyword))
    inside = isinstance(parent, (ast.Call, ast.BinOp)) and reading.sample(node) is not None
    if whole or inside:
        yield Change(node, negative(node), "wrong-sign", 1.8 if whole else 2.1)


_Rule = Callable[..., Iterator[Change]]
_RULES: Mapping[type[ast.expr], tuple[_Rule, ...]] = {
    ast.BinOp: (_signs, _factors, products),
    ast.UnaryOp: (_unary,),
    ast.Compare: (_comparisons,),
    ast.Call: (reductions, _calls, _flags),
    ast.Constant: (other_numbers,),
    ast.Subscript: (shifted,),
    ast.Attribute: (products,),
}
