"""Another element, another length: the neighbour, the same one of another list, the other axis."""

import ast
from collections.abc import Iterator

from compare.repair.edits import Change
from compare.repair.reading import Reading, as_array
from compare.repair.rewrites.writing import binary, constant, parsed
from compare.repair.source import names_in


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


def elsewhere_kept(node: ast.Subscript, reading: Reading) -> Iterator[Change]:
    """Yield the same element of another list or dictionary: activations for pre-activations."""
    names = reading.statement.runs[0].moment.names
    if not isinstance(node.value, ast.Name) or not names_in(node.slice):
        return
    for name, content in names.items():
        if isinstance(content, (list, tuple, dict)) and name != node.value.id:
            new = ast.Subscript(ast.Name(name, ast.Load()), node.slice, ast.Load())
            found, have = as_array(reading.try_out(new)), reading.array(node)
            if found.dtype.kind == "f" and found.shape == have.shape:
                yield Change(node, new, "wrong-saved-value", 1.1)


def lengths(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield the other lengths of an array, and its size: they are taken for one another."""
    array = _measured(node)
    if array is None or (have := reading.array(array)).ndim == 0:
        return
    axes = [(f"{ast.unparse(array)}.shape[{k}]", n) for k, n in enumerate(have.shape)]
    number = reading.array(node)
    if number.ndim or number.dtype.kind not in "if":
        return
    names = reading.statement.runs[0].moment.names.items()
    for text, count in [(f"{ast.unparse(array)}.size", have.size), *axes]:
        if int(number) != count:
            for name, content in names:
                if isinstance(content, int) and content == count:
                    yield Change(node, parsed(name), "wrong-constant-factor", 0.95)
            yield Change(node, parsed(text), "wrong-constant-factor", 1.0)


def _measured(node: ast.expr) -> ast.expr | None:
    """Return the array that an expression gives a length of, or the size."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and ast.unparse(node.func) == "len":
        return node.args[0]
    if isinstance(node, ast.Attribute) and node.attr == "size":
        return node.value
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return node.value.value if node.value.attr == "shape" else None
    return None
