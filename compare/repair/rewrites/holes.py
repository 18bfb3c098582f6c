"""What the parts of an expression should come to, when it is known of the whole."""

import ast
from collections.abc import Callable, Iterator

import numpy as np

from compare.repair.reading import Reading


def holes(
    reading: Reading, node: ast.expr, wanted: np.ndarray
) -> Iterator[tuple[ast.expr, np.ndarray]]:
    """Yield an expression and its parts, with what each should come to if only it is wrong."""
    todo = [(node, wanted)]
    while todo:
        part, value = todo.pop(0)
        yield part, value
        todo.extend(_inside(reading, part, value))


def _inside(
    reading: Reading, node: ast.expr, value: np.ndarray
) -> Iterator[tuple[ast.expr, np.ndarray]]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand, -value
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, value.T
    elif isinstance(node, ast.Subscript):
        base = reading.array(node.value)
        if base.size == value.size and base.dtype.kind == "f":  # nothing but axes added
            yield node.value, value.reshape(base.shape)
    elif isinstance(node, ast.BinOp) and type(node.op) in _BACK:
        left, right = reading.array(node.left), reading.array(node.right)
        if left.dtype.kind in "fbi" and right.dtype.kind in "fbi":
            with np.errstate(all="ignore"):
                for side, own, back in zip(
                    (node.left, node.right), (left, right), _BACK[type(node.op)], strict=True
                ):
                    found = np.asarray(back(value, left, right), float)
                    if (small := _narrowed(found, own.shape)) is not None:
                        yield side, small


_Back = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
_BACK: dict[type[ast.operator], tuple[_Back, _Back]] = {
    ast.Add: (lambda v, left, right: v - right, lambda v, left, right: v - left),
    ast.Sub: (lambda v, left, right: v + right, lambda v, left, right: left - v),
    ast.Mult: (lambda v, left, right: v / right, lambda v, left, right: v / left),
    ast.Div: (lambda v, left, right: v * right, lambda v, left, right: left / v),
}


def _narrowed(found: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return a value without the axes that it is only broadcast along, if that is a side's shape.

    Where it is constant along another axis than the side was, that axis is kept with length 1.
    """
    if found.shape == shape:
        return found
    if not shape and np.ptp(found) <= 1e-9 * np.abs(found).max(initial=0.0):
        return np.asarray(found.flat[0])
    if len(shape) > found.ndim:
        return None
    axes = tuple(k for k in range(found.ndim) if _constant(found, k))
    small = found[tuple(slice(0, 1) if k in axes else slice(None) for k in range(found.ndim))]
    if small.size == np.prod(shape, dtype=int) and small.shape[found.ndim - len(shape) :] == shape:
        return small.reshape(shape)
    return small if not shape or len(shape) == found.ndim else found


def _constant(found: np.ndarray, axis: int) -> bool:
    first = np.take(found, [0], axis)
    return found.shape[axis] > 1 and np.allclose(found, first, rtol=1e-9, atol=0.0)
