"""Changes that add what was gathered back to where it came from: ``x.at[i].add(y)``."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.fitting import effort
from compare.repair.rewrites.terms import same
from compare.repair.rewrites.writing import parsed


def scattered(
    node: ast.expr, found: np.ndarray, value: np.ndarray, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield an expression with the gradient of a gather added.

    Args:
        node: The expression.
        found: What it comes to, shape ``[n, ...]``.
        value: What it should come to, likewise.
        atoms: What can be brought in: an index, whole numbers of any shape, and a gradient, the
            index's shape and then ``[...]``.
    """
    lacks = value - found
    wholes = [a for a in atoms if a.shape and np.asarray(a.content).dtype.kind in "iu"]
    for index in wholes:
        where = np.asarray(index.content)
        if where.min(initial=0) < 0 or where.max(initial=0) >= len(found):
            continue
        for atom in atoms:
            fits = atom.shape == (*where.shape, *found.shape[1:])
            if not fits or np.asarray(atom.content).dtype.kind != "f":
                continue
            added = np.zeros_like(lacks)
            np.add.at(added, where, atom.content)
            if same(added, lacks):
                whole = parsed(f"_.at[{index.text}].add({atom.text})")
                yield Change(node, _on(node, whole), "missing-term", 2.2 + effort(atom))


def _on(node: ast.expr, call: ast.expr) -> ast.expr:
    """Return ``node.at[i].add(y)`` for ``_.at[i].add(y)``."""
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    place = call.func.value
    assert isinstance(place, ast.Subscript)
    at = ast.Subscript(ast.Attribute(node, "at", ast.Load()), place.slice, ast.Load())
    return ast.Call(ast.Attribute(at, "add", ast.Load()), call.args, [])
