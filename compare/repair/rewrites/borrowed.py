"""Changes that bring a value in: another operand, a factor, a term, a slope."""

import ast
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.expressions import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.writing import MODULES, binary, factor_kind, parsed

#: Slopes of common functions, by the value or the argument of the function, and what else is
#: often forgotten.
SLOPES = (
    "1 - {v} ** 2",
    "{v} * (1 - {v})",
    "{v} > 0",
    "1 - {v}",
    "jnp.cos({v})",
    "jnp.exp({v})",
    "{v} ** 2",
    "1 - jnp.tanh({v}) ** 2",
    "jax.nn.sigmoid({v})",
    "-jnp.sin({v})",
    "jnp.sign({v})",
    "{v} ** 3",
    "jnp.sqrt({v})",
    "1 + {v}",
    "2 * {v}",
)
_NUMBERS: Mapping[str, float] = {"2": 2.0, "0.5": 0.5, "3": 3.0, "4": 4.0}


def borrowed(reading: Reading, atoms: Sequence[Atom], slopes: bool) -> Iterator[Change]:
    """Yield the changes that bring in a variable, or a slope made of one.

    Args:
        reading: The statement.
        atoms: What can be brought in.
        slopes: Whether slopes are, too.
    """
    arrays = [atom for atom in atoms if np.asarray(atom.content).dtype.kind in "fb"]
    if slopes:
        arrays = [slope for atom in arrays if not atom.phrase for slope in _slopes_of(atom, reading)]
    for node in reading.nodes:
        if _is_value(node, reading):
            if not slopes:
                yield from _scaled(node, reading, atoms)
            yield from _replaced(node, reading, arrays, slopes)
            yield from _combined(node, reading, arrays, slopes)
    if not slopes:
        yield from _penalties(reading, atoms)


def _is_value(node: ast.expr, reading: Reading) -> bool:
    if isinstance(node, (ast.Tuple, ast.List, ast.Dict)):
        return False
    if isinstance(node, ast.Constant) and not isinstance(node.value, float):
        return False
    if isinstance(node, ast.Name) and node.id in MODULES:
        return False
    parent = reading.parents.get(id(node))
    if isinstance(parent, ast.Call) and parent.func is node:
        return False
    if isinstance(parent, ast.Attribute) and parent.attr in ("shape", "size", "at", "dtype"):
        return False
    found = reading.sample(node)
    return isinstance(found, (np.ndarray, np.generic, float, int)) and not isinstance(found, bool)


def _replaced(
    node: ast.expr, reading: Reading, arrays: Sequence[Atom], slopes: bool
) -> Iterator[Change]:
    """Yield another value of the same shape."""
    have = reading.array(node)
    if have.dtype.kind not in "fbi":
        return
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
    text = ast.unparse(node)
    for atom in arrays:
        if atom.text == text or not _could_be(atom, node, have):
            continue
        if slopes:
            yield Change(node, atom.node, "wrong-activation-derivative", 2.4 + _length(atom))
        else:
            cost = 1.4 if simple and not atom.phrase else 2.3
            yield Change(node, atom.node, _kind_of(text, atom.node), cost + _length(atom))


def _kind_of(old: str, new: ast.expr) -> str:
    """Return what is mended by another expression: it may be the old one with something more."""
    if isinstance(new, ast.BinOp) and old in (ast.unparse(new.left), ast.unparse(new.right)):
        if isinstance(new.op, (ast.Add, ast.Sub)):
            return "missing-term"
        if isinstance(new.op, (ast.Mult, ast.Div)):
            return "missing-factor"
    return "wrong-saved-value"


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
    if have.ndim == 0 and isinstance(parent, ast.BinOp):
        have = reading.array(parent)  # a number may grow to what it is combined with
    if have.dtype.kind != "f":
        return
    dear = 0.4 * slopes
    if isinstance(parent, ast.Attribute) and parent.attr == "T":
        dear += 0.3
    for atom in arrays:
        if (fitted := _fitted(atom, have.shape)) is None:
            continue
        kind, cost = factor_kind(atom.content), 2.2 + dear + _length(atom)
        if isinstance(atom.node, ast.Compare):
            kind = "missing-factor"
        yield Change(node, binary(node, ast.Mult, fitted), kind, cost)
        if np.asarray(atom.content).dtype == bool:
            continue
        yield Change(node, binary(node, ast.Div, fitted), kind, cost + 0.2)
        if atom.shape == have.shape:
            yield Change(node, binary(node, ast.Add, fitted), "missing-term", cost + 0.3)
            yield Change(node, binary(node, ast.Sub, fitted), "missing-term", cost + 0.35)
            yield Change(node, binary(fitted, ast.Sub, node), "missing-term", cost + 0.5)
    if have.ndim == 0 or slopes:
        return
    for new, kind in ((binary(ast.Constant(1), ast.Sub, node), "missing-term"),
                      (binary(ast.Constant(1), ast.Add, node), "missing-term")):
        yield Change(node, new, "wrong-activation-derivative" if kind else kind, 2.2)


def _fitted(atom: Atom, shape: tuple[int, ...]) -> ast.expr | None:
    """Return an atom so that it broadcasts against a shape, with an axis added if it must be."""
    have = atom.shape
    if not have or not shape:
        return atom.node if have == shape else None
    if _broadcasts(have, shape):
        return atom.node
    for suffix, grown in ((":, None", (*have, 1)), (":, None, :", (*have[:1], 1, *have[1:]))):
        if len(have) == suffix.count(":") and _broadcasts(grown, shape):
            return parsed(f"({atom.text})[{suffix}]" if atom.phrase else f"{atom.text}[{suffix}]")
    return None


def _broadcasts(have: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(have, shape) == shape
    except ValueError:
        return False


def _scaled(node: ast.expr, reading: Reading, atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield the expression times a number, or divided by it."""
    parent = reading.parents.get(id(node))
    if reading.array(node).dtype.kind != "f":
        return
    inside = 0.15 if isinstance(parent, (ast.Attribute, ast.Call)) else 0.0
    inside += 0.3 * isinstance(parent, ast.Attribute)
    for text in _NUMBERS:
        new = binary(parsed(text), ast.Mult, node)
        yield Change(node, new, "wrong-constant-factor", 2.0 + inside)
    for atom in atoms:
        if atom.shape == () and atom.content not in (0, 1):
            times, over = binary(node, ast.Mult, atom.node), binary(node, ast.Div, atom.node)
            cost = 2.0 + inside + _length(atom)
            yield Change(node, times, "wrong-constant-factor", cost)
            yield Change(node, over, "wrong-constant-factor", cost)


def _penalties(reading: Reading, atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield a term like ``lam * W`` added to a whole expression."""
    numbers = [a for a in atoms if a.shape == () and np.asarray(a.content).dtype.kind == "f"]
    for node in reading.nodes:
        have = reading.array(node)
        if not _is_value(node, reading) or have.dtype.kind != "f" or not have.ndim:
            continue
        for atom in atoms:
            if atom.shape == have.shape and not atom.phrase:
                for number in numbers:
                    term = binary(number.node, ast.Mult, atom.node)
                    yield Change(node, binary(node, ast.Add, term), "missing-term", 2.9)
                    double = binary(binary(ast.Constant(2), ast.Mult, number.node), ast.Mult, atom.node)
                    yield Change(node, binary(node, ast.Add, double), "missing-term", 3.0)


def _slopes_of(atom: Atom, reading: Reading) -> Iterator[Atom]:
    if not atom.shape or np.asarray(atom.content).dtype.kind != "f":
        return
    for formula in SLOPES:
        node = parsed(formula.format(v=atom.text))
        content = reading.try_out(node)
        if content is not None and np.isfinite(content).all():
            yield Atom(node, content)


def _length(atom: Atom) -> float:
    return 0.004 * len(atom.text)
