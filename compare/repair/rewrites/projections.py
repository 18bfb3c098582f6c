"""What a mean, a norm or a normaliser sends back, left out: it depends on every element, too.

Of ``(x - mean) / std``, ``x / norm(x)``, ``softmax(x)`` each output depends on the whole row. What
is forgotten is, of the gradient that stands there, its mean, or its part along a value that was
saved.
"""

import ast
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.rewrites.terms import Term, Terms, same
from compare.repair.rewrites.writing import binary, method

#: So many variables, and products of two, are projected on.
_FEW, _PAIRS = 12, 6
_KIND = "missing-term"


def projected(
    node: ast.expr, found: np.ndarray, value: np.ndarray, terms: Terms
) -> Iterator[Change]:
    """Yield the expression less its mean, less its part along a variable, or less both.

    Args:
        node: The expression.
        found: What it comes to.
        value: What it should come to.
        terms: What can be brought in, of its shape.
    """
    if found.shape != value.shape or not found.ndim:
        return
    plain = [t for t in terms.single if _is_variable(t.node) and t.content.shape == value.shape]
    along = [(t.node, t.content, t.cost) for t in plain[:_FEW]]
    pairs = itertools.combinations([t for t in terms.single if _is_variable(t.node)][:_PAIRS], 2)
    along += [
        (binary(a.node, ast.Mult, b.node), a.content * b.content, a.cost + b.cost + 0.2)
        for a, b in pairs
        if np.broadcast_shapes(a.content.shape, b.content.shape) == value.shape
    ]
    for axis in range(found.ndim):
        if found.shape[axis] > 1:
            kept = axis > 0
            yield from _less(node, found, value, along, axis, kept)
            yield from _softmax(node, value, plain[:_FEW], axis, kept)


_Along = tuple[ast.expr, np.ndarray, float]


def _less(
    node: ast.expr,
    found: np.ndarray,
    value: np.ndarray,
    along: Sequence[_Along],
    axis: int,
    kept: bool,
) -> Iterator[Change]:
    mean = found.mean(axis=axis, keepdims=True)
    middle = method(node, "mean", axis, kept)
    if same(found - mean, value):
        yield Change(node, binary(node, ast.Sub, middle), _KIND, 2.2)
    for text, content, cost in along:
        total = found.sum(axis=axis, keepdims=True)
        if same(found - content * total, value):
            part = binary(text, ast.Mult, method(node, "sum", axis, kept))
            yield Change(node, binary(node, ast.Sub, part), _KIND, 2.3 + cost)
        product = binary(node, ast.Mult, text)
        for name, size in (("mean", found.shape[axis]), ("sum", 1)):
            part_of = content * (found * content).sum(axis=axis, keepdims=True) / size
            part = binary(text, ast.Mult, method(product, name, axis, kept))
            if same(found - part_of, value):
                yield Change(node, binary(node, ast.Sub, part), _KIND, 2.3 + cost)
            if same(found - mean - part_of, value):
                less = binary(binary(node, ast.Sub, middle), ast.Sub, part)
                yield Change(node, less, _KIND, 2.4 + cost)


def _softmax(
    node: ast.expr, value: np.ndarray, plain: Sequence[Term], axis: int, kept: bool
) -> Iterator[Change]:
    """Yield ``p * (g - (p * g).sum())``: the whole Jacobian of a softmax."""
    for p, g in itertools.permutations(plain, 2):
        weighted = (p.content * g.content).sum(axis=axis, keepdims=True)
        if same(p.content * (g.content - weighted), value):
            inner = method(binary(p.node, ast.Mult, g.node), "sum", axis, kept)
            new = binary(p.node, ast.Mult, binary(g.node, ast.Sub, inner))
            yield Change(node, new, _KIND, 2.5)


def _is_variable(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Subscript, ast.Attribute))
