"""Whether something can be brought in, and how it is written then."""

import ast

import numpy as np

from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.writing import MODULES, called, parsed

#: Functions that look at the shape of what they are given, and at nothing else.
_SHAPE_ONLY = frozenset({"len", "zeros_like", "ones_like", "empty_like", "shape", "ndim", "size"})


def is_value(node: ast.expr, reading: Reading) -> bool:
    """Whether an expression is a number or array that can be computed with."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Dict)):
        return False
    if isinstance(node, ast.Constant) and not isinstance(node.value, float):
        alone = reading.parents.get(id(node)) is None
        return alone and isinstance(node.value, int) and not isinstance(node.value, bool)
    if isinstance(node, ast.Name) and node.id in MODULES:
        return False
    parent = reading.parents.get(id(node))
    if isinstance(parent, ast.Call) and parent.func is node:
        return False
    if isinstance(parent, ast.Attribute) and parent.attr in ("shape", "size", "at", "dtype"):
        return False
    if isinstance(parent, ast.Call) and called(parent) in _SHAPE_ONLY:
        return False
    found = reading.sample(node)
    return isinstance(found, (np.ndarray, np.generic, float, int)) and not isinstance(found, bool)


def fitted(atom: Atom, shape: tuple[int, ...]) -> ast.expr | None:
    """Return an atom so that it broadcasts against a shape, with an axis added if it must be."""
    have = atom.shape
    if not have or not shape:
        return atom.node if have == shape else None
    if _broadcasts(have, shape):
        return atom.node
    for suffix, grown in ((":, None", (*have, 1)), (":, None, :", (*have[:1], 1, *have[1:]))):
        if len(have) == suffix.count(":") and _broadcasts(grown, shape):
            plain = isinstance(atom.node, (ast.Name, ast.Subscript, ast.Attribute, ast.Call))
            return parsed(f"{atom.text}[{suffix}]" if plain else f"({atom.text})[{suffix}]")
    return None


def _broadcasts(have: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(have, shape) == shape
    except ValueError:
        return False


def effort(atom: Atom) -> float:
    """Return what it costs to write something.

    A number that the author gave a name is likelier meant than one that just happens to be as
    large: an axis of length 2 is rarely what a missing 2 stands for.
    """
    cost = 0.004 * len(atom.text)
    if atom.shape == ():
        if _is_length(atom.node):
            cost += 0.1 * (float(atom.content) == 2)
        elif np.asarray(atom.content).dtype.kind == "f":
            cost -= 0.1
    return cost


def _is_length(node: ast.expr) -> bool:
    """Whether a number is the length of an axis, or the size of an array."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Attribute) and node.attr in ("shape", "size")
