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
            yield from _multiples(node, reading)
            yield from factors(node, reading, numbers)
            if reading.array(node).ndim:
                yield from _from_one(node)
    yield from penalties(reading, numbers, atoms)


def _multiples(node: ast.expr, reading: Reading) -> Iterator[Change]:
    """Yield the expression times a number that is often forgotten."""
    for text in _NUMBERS:
        new = binary(parsed(text), ast.Mult, node)
        yield Change(node, new, "wrong-constant-factor", 2.0 + _inside(node, reading))


def _inside(node: ast.expr, reading: Reading) -> float:
    """Return what it costs more to change something inside a call."""
    parent = reading.parents.get(id(node))
    return 0.15 * isinstance(parent, ast.Call) + 0.45 * isinstance(parent, ast.Attribute)


def factors(node: ast.expr, reading: Reading, numbers: Sequence[Atom]) -> Iterator[Change]:
    """Yield the expression times a number that has a name, or divided by it."""
    parent, inside = reading.parents.get(id(node)), _inside(node, reading)
    for atom in numbers:
        if atom.content not in (0, 1):
            cost = 2.0 + inside + effort(atom)
            varies = atom.phrase or _one_a_row(atom, reading)
            kind = "missing-factor" if varies else "wrong-constant-factor"
            for operator in (ast.Mult, ast.Div):
                yield Change(node, binary(node, operator, atom.node), kind, cost)
            if parent is None and not reading.holds:  # a number that is computed by nobody
                root = parsed(f"jnp.sqrt({atom.text})")
                new = binary(node, ast.Div, root)
                yield Change(node, new, "wrong-constant-factor", cost + 0.1)


def _one_a_row(atom: Atom, reading: Reading) -> bool:
    """Whether a number is another one in each row of a ``vmap``."""
    return np.ndim(reading.try_out(atom.node, whole=True)) > 0


def _from_one(node: ast.expr) -> Iterator[Change]:
    """Yield one minus the expression, one plus it: the rest of a slope."""
    for operator in (ast.Sub, ast.Add):
        new = binary(ast.Constant(1), operator, node)
        yield Change(node, new, "wrong-activation-derivative", 2.2)


def penalties(reading: Reading, numbers: Sequence[Atom], atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield a term like ``lam * W`` added.

    Args:
        reading: The statement.
        numbers: What may stand for ``lam``.
        atoms: What may stand for ``W``.
    """
    weights = [number for number in numbers if np.asarray(number.content).dtype.kind == "f"]
    for node in reading.nodes if weights else ():
        if not is_value(node, reading) or not (shape := reading.array(node).shape):
            continue
        for atom in atoms:
            if atom.text == ast.unparse(node):
                continue
            if atom.shape != shape or (atom.phrase and not isinstance(atom.node, ast.Subscript)):
                continue
            for weight in weights:
                term = binary(weight.node, ast.Mult, atom.node)
                yield Change(node, binary(node, ast.Add, term), "missing-term", 2.9)
                double = binary(ast.Constant(2), ast.Mult, term)
                yield Change(node, binary(node, ast.Add, double), "missing-term", 3.0)
