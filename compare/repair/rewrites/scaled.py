"""Changes that bring in a number: a factor, or a penalty's term."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.fitting import effort, is_value
from compare.repair.rewrites.writing import binary, parsed

_NUMBERS = ("2", "0.5", "3", "4")


def scaled(reading: Reading, atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield the changes that scale an expression, or add a number times a variable."""
    numbers = [atom for atom in atoms if atom.shape == ()]
    for node in reading.nodes:
        kinds = "f" if reading.holds else "fi"
        if is_value(node, reading) and reading.array(node).dtype.kind in kinds:
            yield from _factors(node, reading, numbers)
            yield from _penalties(node, reading, numbers, atoms)
            if reading.array(node).ndim:
                yield from _from_one(node)


def _factors(node: ast.expr, reading: Reading, numbers: Sequence[Atom]) -> Iterator[Change]:
    """Yield the expression times a number, or divided by it."""
    parent = reading.parents.get(id(node))
    inside = 0.15 * isinstance(parent, ast.Call) + 0.45 * isinstance(parent, ast.Attribute)
    for text in _NUMBERS:
        new = binary(parsed(text), ast.Mult, node)
        yield Change(node, new, "wrong-constant-factor", 2.0 + inside)
    for atom in numbers:
        if atom.content not in (0, 1):
            cost = 2.0 + inside + effort(atom)
            for operator in (ast.Mult, ast.Div):
                new = binary(node, operator, atom.node)
                yield Change(node, new, "wrong-constant-factor", cost)
            if parent is None and not reading.holds:  # a number that is computed by nobody
                root = parsed(f"jnp.sqrt({atom.text})")
                new = binary(node, ast.Div, root)
                yield Change(node, new, "wrong-constant-factor", cost + 0.1)


def _from_one(node: ast.expr) -> Iterator[Change]:
    """Yield one minus the expression, one plus it: the rest of a slope."""
    for operator in (ast.Sub, ast.Add):
        new = binary(ast.Constant(1), operator, node)
        yield Change(node, new, "wrong-activation-derivative", 2.2)


def _penalties(
    node: ast.expr, reading: Reading, numbers: Sequence[Atom], atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield a term like ``lam * W`` added."""
    shape = reading.array(node).shape
    for atom in atoms:
        if not shape or atom.shape != shape or atom.phrase:
            continue
        for number in numbers:
            if np.asarray(number.content).dtype.kind == "f":
                term = binary(number.node, ast.Mult, atom.node)
                yield Change(node, binary(node, ast.Add, term), "missing-term", 2.9)
                double = binary(ast.Constant(2), ast.Mult, term)
                yield Change(node, binary(node, ast.Add, double), "missing-term", 3.0)
