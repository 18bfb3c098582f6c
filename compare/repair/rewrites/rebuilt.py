"""Whole expressions built from what is there: a last resort for one that is beyond a small edit."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.kinds import kind_of
from compare.repair.rewrites.writing import binary, method


def rebuilt(reading: Reading, atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield ``u.T @ v``, ``v.sum(axis)``, ``a * b`` in the place of an expression."""
    arrays = [a for a in atoms if a.shape and np.asarray(a.content).dtype.kind == "f"]
    for node in reading.nodes:
        found = reading.sample(node)
        if not isinstance(found, (np.ndarray, np.generic)) or np.asarray(found).dtype.kind != "f":
            continue
        if id(node) not in reading.holds:
            continue
        for new, cost in _built(np.shape(found), arrays):
            yield Change(node, new, kind_of(node, new, reading), cost)


def _built(shape: tuple[int, ...], arrays: Sequence[Atom]) -> Iterator[tuple[ast.expr, float]]:
    for atom in arrays:
        for axis in range(len(atom.shape)):
            if atom.shape[:axis] + atom.shape[axis + 1 :] == shape:
                yield method(atom.node, "sum", axis), 3.0
                yield method(atom.node, "mean", axis), 3.2
        if atom.shape == shape:
            yield atom.node, 2.8
    for first in arrays:
        for second in arrays:
            yield from _products(first, second, shape)


def _products(
    first: Atom, second: Atom, shape: tuple[int, ...]
) -> Iterator[tuple[ast.expr, float]]:
    a, b = first.shape, second.shape
    left, right = first.node, second.node
    if a == b == shape and first is not second:
        yield binary(left, ast.Mult, right), 3.1
    if len(a) == 2 and len(b) in (1, 2):
        if a[0] == b[0] and (a[1], *b[1:]) == shape:
            yield binary(ast.Attribute(left, "T", ast.Load()), ast.MatMult, right), 3.0
        if a[1] == b[0] and (a[0], *b[1:]) == shape:
            yield binary(left, ast.MatMult, right), 3.1
        if len(b) == 2 and a[1] == b[1] and (a[0], b[0]) == shape:
            yield binary(left, ast.MatMult, ast.Attribute(right, "T", ast.Load())), 3.1
