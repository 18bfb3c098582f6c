"""Changes that bring a value in: another operand, a factor, a term, a slope."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from compare.repair.carry import put_names, variable_of
from compare.repair.edits import Change
from compare.repair.reading import Reading, as_array
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.fitting import effort, fitted, is_value
from compare.repair.rewrites.kinds import in_slope
from compare.repair.rewrites.scaled import factors, penalties, scaled
from compare.repair.rewrites.slopes import slopes_of
from compare.repair.rewrites.writing import binary, called, factor_kind, negative

#: What it saves to bring in what nobody uses: something was to be done with it.
_UNUSED = 0.9


def borrowed(reading: Reading, atoms: Sequence[Atom], slopes: bool) -> Iterator[Change]:
    """Yield the changes that bring in a variable, or a slope made of one.

    Args:
        reading: The statement.
        atoms: What can be brought in.
        slopes: Whether slopes are, too.
    """
    arrays = [a for a in atoms if np.asarray(a.content).dtype.kind in "fb" or a.shape == ()]
    if slopes:
        arrays = [slope for atom in arrays if not atom.phrase for slope in slopes_of(atom, reading)]
    for node in reading.nodes:
        if is_value(node, reading):
            yield from _replaced(node, reading, arrays, slopes)
            yield from _combined(node, reading, arrays, slopes)
    if not slopes:
        yield from _everywhere(reading, arrays)
        yield from scaled(reading, atoms)


def forgotten(reading: Reading, atoms: Sequence[Atom], others: Sequence[Atom]) -> Iterator[Change]:
    """Yield the changes that bring in what was computed, or given, and then never used.

    Args:
        reading: The statement.
        atoms: What nobody uses.
        others: What else is at hand; a penalty's weight comes with what it weighs.
    """
    arrays = [a for a in atoms if np.asarray(a.content).dtype.kind == "f"]
    for node in reading.nodes:
        if is_value(node, reading):
            if isinstance(node, ast.Name):
                yield from _replaced(node, reading, arrays, slopes=False)
            combined = _combined(node, reading, arrays, slopes=False)
            for change in (*combined, *factors(node, reading, _numbers(atoms))):
                yield replace(change, cost=change.cost - _UNUSED)
        yield from _instead_of_a_number(node, reading, atoms)
    yield from _everywhere(reading, arrays)
    for change in penalties(reading, _numbers(atoms), others):
        yield replace(change, cost=change.cost - _UNUSED)


def _numbers(atoms: Sequence[Atom]) -> list[Atom]:
    return [a for a in atoms if a.shape == () and np.asarray(a.content).dtype.kind in "fi"]


def _instead_of_a_number(
    node: ast.expr, reading: Reading, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield a variable, or its negative, where a plain number stands."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if not isinstance(inner, ast.Constant) or reading.array(node).dtype.kind not in "fi":
        return
    if isinstance(reading.parents.get(id(node)), (ast.UnaryOp, ast.keyword)):
        return
    for atom in atoms:
        if np.asarray(atom.content).dtype.kind in "fi":
            kind = "wrong-saved-value" if atom.shape else "wrong-constant-factor"
            yield Change(node, atom.node, kind, 1.3 + effort(atom))
            yield Change(node, negative(atom.node), kind, 1.35 + effort(atom))


def _replaced(
    node: ast.expr, reading: Reading, arrays: Sequence[Atom], slopes: bool
) -> Iterator[Change]:
    """Yield another value of the same shape."""
    have, parent = reading.array(node), reading.parents.get(id(node))
    whole = have.shape
    branch = not have.shape and called(parent) == "where"  # of one number
    if branch and isinstance(parent, ast.expr):
        whole = reading.array(parent).shape
    if have.dtype.kind not in "fbi":
        return
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
    text = ast.unparse(node)
    for atom in arrays:
        if atom.text == text or not (_could_be(atom, node, have) or atom.shape == whole):
            continue
        if slopes:
            cost = 1.9 if branch else 2.4
            yield Change(node, atom.node, "wrong-activation-derivative", cost + effort(atom))
        else:
            cost = 1.4 if simple and not atom.phrase else 2.3
            number = have.ndim == 0 and atom.shape == ()
            if number and isinstance(node, ast.Constant) and not atom.phrase:
                cost = 1.6
            kind = "wrong-constant-factor" if number else _kind_of(text, atom.node)
            kind = "wrong-branch" if number and isinstance(parent, ast.Compare) else kind
            yield Change(node, atom.node, kind, cost + effort(atom))


def _everywhere(reading: Reading, arrays: Sequence[Atom]) -> Iterator[Change]:
    """Yield another variable wherever one is used in an expression: a stale value, squared say."""
    variables = [a for a in arrays if isinstance(a.node, ast.Name)]
    for node in reading.nodes:
        names = Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        inner = [*ast.iter_child_nodes(node)]
        for name, count in names.items():
            if count < 2 or any(_uses(child, name) == count for child in inner):
                continue  # once, or all of them further inside
            have = as_array(reading.try_out(ast.Name(name, ast.Load())))
            for atom in variables:
                if atom.text != name and have.ndim and atom.shape == have.shape:
                    new = put_names(node, name, atom.node)
                    yield Change(node, new, "wrong-saved-value", 1.5 + 0.05 * count + effort(atom))


def _uses(node: ast.AST, name: str) -> int:
    return sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def _kind_of(old: str, new: ast.expr) -> str:
    """Return what is mended by another expression: it may be the old one with something more."""
    if isinstance(new, ast.BinOp) and old in (ast.unparse(new.left), ast.unparse(new.right)):
        if isinstance(new.op, (ast.Add, ast.Sub)):
            return "missing-term"
        if isinstance(new.op, (ast.Mult, ast.Div)):
            return "missing-factor"
    return "wrong-saved-value"


def _grown(have: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether an array broadcasts to a larger shape beside another."""
    try:
        return np.broadcast_shapes(have, other) not in (have, ())
    except ValueError:
        return False


def _could_be(atom: Atom, node: ast.expr, have: np.ndarray) -> bool:
    """Whether an atom may stand where an expression stands, going by the shapes."""
    if atom.shape == have.shape:
        return True
    return isinstance(node, ast.Name) and not atom.phrase


def _combined(
    node: ast.expr, reading: Reading, arrays: Sequence[Atom], slopes: bool
) -> Iterator[Change]:
    """Yield the expression times a value, divided by it, plus it, minus it."""
    have = reading.array(node)
    parent = reading.parents.get(id(node))
    grows = isinstance(parent, ast.BinOp) or called(parent) == "where"
    if have.ndim == 0 and grows and isinstance(parent, ast.expr):
        have = reading.array(parent)  # a number may grow to what it is combined with
    if have.dtype.kind != "f":
        return
    dear = 0.4 * slopes + 0.3 * isinstance(parent, ast.Attribute)
    growing = parent is None and bool(variable_of(reading))
    for atom in arrays:
        if (beside := fitted(atom, have.shape)) is None:
            if growing and _grown(have.shape, atom.shape):
                kind = factor_kind(atom.content)
                yield Change(node, binary(node, ast.Mult, atom.node), kind, 2.2 + effort(atom))
            continue
        compares = isinstance(atom.node, ast.Compare)
        kind = "missing-factor" if compares else factor_kind(atom.content)
        kind = "wrong-activation-derivative" if in_slope(node, reading) else kind
        cost = 2.2 + dear + effort(atom)
        yield Change(node, binary(node, ast.Mult, beside), kind, cost)
        if np.asarray(atom.content).dtype == bool:
            continue
        yield Change(node, binary(node, ast.Div, beside), kind, cost + 0.2)
        if atom.shape == have.shape:
            yield Change(node, binary(node, ast.Add, beside), "missing-term", cost + 0.3)
            yield Change(node, binary(node, ast.Sub, beside), "missing-term", cost + 0.35)
            yield Change(node, binary(beside, ast.Sub, node), "missing-term", cost + 0.5)
