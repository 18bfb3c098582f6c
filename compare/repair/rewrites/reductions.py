"""Sum for mean, another axis, other letters of an einsum, a reduction left out."""

import ast
from collections.abc import Iterator

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.writing import (
    called,
    constant,
    is_method,
    with_arguments,
    with_keyword,
)

_OTHER = {"sum": "mean", "mean": "sum", "nansum": "nanmean", "nanmean": "nansum"}


def reductions(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield other reductions of the same array."""
    name = called(node)
    if name in _OTHER:
        function = node.func
        if isinstance(function, ast.Attribute):
            other: ast.expr = ast.Attribute(function.value, _OTHER[name], ast.Load())
        else:
            other = ast.Name(_OTHER[name], ast.Load())
        yield Change(node, ast.Call(other, node.args, node.keywords), "wrong-reduction", 0.9)
    if name == "einsum":
        yield from _letters(node)
    yield from _axes(node, reading)


def _axes(node: ast.Call, reading: Reading) -> Iterator[Change]:
    """Yield another axis in the place of an integer one."""
    array = _reduced(node)
    rank = reading.array(array).ndim if array is not None else 3
    for new, old in (
        (k, keyword.value)
        for keyword in node.keywords
        if keyword.arg == "axis"
        for k in range(-1, max(rank, 2))
    ):
        if isinstance(old, ast.Constant) and new != old.value:
            changed = with_keyword(node, "axis", constant(new))
            yield Change(node, changed, "index-axis", 1.0 + 0.02 * (new < 0))
    if called(node) in _OTHER and "axis" not in {keyword.arg for keyword in node.keywords}:
        yield from _some_axis(node, rank)
    slot = 0 if is_method(node) else 1
    if called(node) in _OTHER and len(node.args) > slot:
        for new in range(rank):
            arguments = [*node.args]
            arguments[slot] = constant(new)
            yield Change(node, with_arguments(node, arguments), "index-axis", 1.0)


def _some_axis(node: ast.Call, rank: int) -> Iterator[Change]:
    """Yield the reduction over one axis in the place of one over all."""
    if len(node.args) > (0 if is_method(node) else 1):
        return
    for axis in range(rank):
        for kept in (False, True):
            keywords = [ast.keyword("axis", constant(axis))]
            keywords += [ast.keyword("keepdims", ast.Constant(True))] if kept else []
            new = ast.Call(node.func, node.args, [*node.keywords, *keywords])
            yield Change(node, new, "wrong-reduction", 1.1 + 0.1 * kept)


def _reduced(node: ast.Call) -> ast.expr | None:
    if is_method(node):
        return node.func.value if isinstance(node.func, ast.Attribute) else None
    return node.args[0] if node.args else None


def _letters(node: ast.Call) -> Iterator[Change]:
    """Yield the subscripts with two letters swapped in one of the arrays, or in the result."""
    if not (node.args and isinstance(node.args[0], ast.Constant)):
        return
    text = str(node.args[0].value)
    if "->" not in text or "." in text:
        return
    operands, result = text.split("->")
    terms = [*operands.split(","), result]
    for k, term in enumerate(terms):
        for i in range(len(term)):
            for j in range(i + 1, len(term)):
                swapped = [*term]
                swapped[i], swapped[j] = swapped[j], swapped[i]
                changed = [*terms[:k], "".join(swapped), *terms[k + 1 :]]
                new = ast.Constant(f"{','.join(changed[:-1])}->{changed[-1]}")
                call = with_arguments(node, [new, *node.args[1:]])
                yield Change(node, call, "missing-transpose", 1.0)
