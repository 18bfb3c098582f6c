"""Changes that make an expression come to what it should: looked up by value, not tried out.

What the whole should come to says what each part should, through sums, products and quotients. A
part then lacks a term, or a factor, or is another expression altogether.
"""

import ast
import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from compare.repair.edits import Change
from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.holes import holes
from compare.repair.rewrites.kinds import kind_of, kind_of_factor
from compare.repair.rewrites.named import named_numbers, written
from compare.repair.rewrites.projections import projected
from compare.repair.rewrites.scattered import scattered
from compare.repair.rewrites.terms import EXACT, Term, Terms, same
from compare.repair.rewrites.writing import binary, called, constant

#: How many times something may be missing: each way to write it with what it costs.
_TIMES = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
_DEAR = 0.15
#: Sums are looked for with so many variables.
_FEW = 20


def solved(
    reading: Reading, node: ast.expr, wanted: np.ndarray, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield the changes by which an expression comes to a value.

    Args:
        reading: The statement.
        node: The expression.
        wanted: What it should come to, in the first run, at the caller's inputs.
        atoms: What can be brought in.
    """
    by_shape: dict[tuple[int, ...], Terms] = {}
    for part, value in holes(reading, node, wanted):
        found = reading.own(part)
        if found.dtype.kind not in "fbi" or not np.isfinite(value).all():
            continue
        terms = by_shape.setdefault(value.shape, Terms(reading, atoms, value.shape))
        if same(found, value):
            continue
        if _broadcasts(found.shape, value.shape):
            found = np.broadcast_to(found, value.shape)
        if found.shape == value.shape and found.any() and value.any():
            yield from _scaled(part, found, value, terms, atoms)
            yield from _lacking(part, found, value, terms, atoms)
            if found.ndim and found.dtype.kind == "f":
                yield from scattered(part, found, value, atoms)
            if np.shape(reading.sample(part)) == value.shape:
                yield from projected(part, found, value, terms)
        yield from _otherwise(reading, part, value, terms, atoms)


def _lacking(
    node: ast.expr, found: np.ndarray, value: np.ndarray, terms: Terms, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield the expression with a term more."""
    lacks = value - found
    for times, wrapped, dear in _multiples(atoms):
        for term in terms.at(lacks / times):
            new = binary(node, ast.Add, wrapped(term.node))
            if times == -1:
                new = binary(node, ast.Sub, term.node)
            yield Change(node, new, "missing-term", 2.3 + dear + term.cost)
    if np.ptp(lacks) <= 1e-9 * abs(lacks.flat[0]) and (few := written(abs(float(lacks.flat[0])))):
        operator = ast.Add if lacks.flat[0] > 0 else ast.Sub
        dear = 0.15 * (abs(lacks.flat[0]) not in (0.5, 1.0, 2.0))
        yield Change(node, binary(node, operator, few), "missing-term", 2.2 + dear)
    for term, number in _times_some_number(lacks, terms):
        new = binary(node, ast.Add, binary(number, ast.Mult, term.node))
        yield Change(node, new, "missing-term", 2.8 + term.cost)


def _times_number(node: ast.expr, ratio: float, atoms: Sequence[Atom]) -> Iterator[Change]:
    """Yield the expression times a number, or divided by one, as it is written best."""
    for operator, number in ((ast.Mult, ratio), (ast.Div, 1 / ratio if ratio else 0.0)):
        for new, cost in named_numbers(number, atoms):
            calls = {called(part) for part in ast.walk(new)} - {"", "sqrt", "len"}
            kind = "missing-factor" if calls else "wrong-constant-factor"  # computed, or given
            yield Change(node, binary(node, operator, new), kind, 2.0 + cost)
        kind = "wrong-constant-factor"
        short = float(f"{number:.2g}")
        if number and abs(short - number) <= 1e-9 * abs(number):
            yield Change(node, binary(node, operator, constant(short)), kind, 2.25)


def _times_some_number(value: np.ndarray, terms: Terms) -> Iterator[tuple[Term, ast.expr]]:
    """Yield variables of which a value is a multiple, by a number that is quickly written."""
    for term in terms.single[:_FEW]:
        size = (
            float(np.vdot(term.content, term.content)) if term.content.shape == value.shape else 0
        )
        ratio = float(np.vdot(value, term.content)) / size if size else 0.0
        if ratio and value.size > 1 and same(ratio * term.content, value):
            number = written(ratio)
            if number is not None:
                yield term, number


def _broadcasts(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    try:
        return shape != wanted and np.broadcast_shapes(shape, wanted) == wanted
    except ValueError:
        return False


def _scaled(
    node: ast.expr, found: np.ndarray, value: np.ndarray, terms: Terms, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield the expression with a factor more."""
    for times, wrapped, dear in _multiples(atoms):
        if times != 1 and same(times * found, value):
            kind = "wrong-sign" if times == -1 else "wrong-constant-factor"
            yield Change(node, wrapped(node), kind, 1.9 + dear)
    if not found.ndim:  # another number is written in its place
        return
    size = float(np.vdot(found, found))
    ratio = float(np.vdot(found, value)) / size
    if same(ratio * found, value):
        yield from _times_number(node, ratio, atoms)
    for term in terms.single:
        if same(found * term.content, value):
            kind = kind_of_factor(term)
            yield Change(node, binary(node, ast.Mult, term.node), kind, 2.2 + term.cost)
    if found.all() and value.all():
        for factor, cost in _sums_at(value / found, terms):
            yield Change(node, binary(node, ast.Mult, factor), "missing-factor", 2.5 + cost)
    if found.all():
        yield from _quotients(node, found, value, terms, atoms)


def _quotients(
    node: ast.expr, found: np.ndarray, value: np.ndarray, terms: Terms, atoms: Sequence[Atom]
) -> Iterator[Change]:
    """Yield the expression times, or divided by, what it is off by in every element."""
    for times, wrapped, dear in _multiples(atoms):
        for term in terms.at(value / found / times):
            new = binary(node, ast.Mult, wrapped(term.node))
            yield Change(node, new, kind_of_factor(term), 2.3 + dear + term.cost)
        for term in terms.at(found / value / times) if value.all() else ():
            new = binary(node, ast.Div, wrapped(term.node))
            yield Change(node, new, kind_of_factor(term), 2.4 + dear + term.cost)


def _otherwise(
    reading: Reading,
    node: ast.expr,
    value: np.ndarray,
    terms: Terms,
    atoms: Sequence[Atom],
) -> Iterator[Change]:
    """Yield another expression in its place."""
    if not value.ndim:
        for new, cost in named_numbers(float(value), atoms):
            yield Change(node, new, "wrong-constant-factor", 2.0 + cost)
        return
    simple = isinstance(node, (ast.Name, ast.Subscript, ast.Attribute, ast.Constant))
    if simple and _is_factor(node, reading) and _is_one_number(value):
        for new, cost in named_numbers(float(value.flat[0]), atoms):
            yield Change(node, new, "wrong-saved-value", 1.5 + cost)
    for new, cost in _sums_at(value, terms) if simple else ():
        yield Change(node, new, kind_of(node, new, reading), 2.7 + cost)
    for times, wrapped, dear in _multiples(atoms):
        for term in terms.at(value / times):
            new = wrapped(term.node)
            slip = simple and times == 1 and isinstance(term.node, (ast.Name, ast.Subscript))
            cost = 1.4 if slip else 2.5  # one variable for another is a slip of the pen
            yield Change(node, new, kind_of(node, new, reading), cost + dear + term.cost)


def _is_one_number(value: np.ndarray) -> bool:
    """Whether all elements are the same."""
    return value.size > 0 and bool(np.ptp(value) <= EXACT * np.abs(value).max())


def _is_factor(node: ast.expr, reading: Reading) -> bool:
    """Whether it stands in a product or quotient: there a number may stand for an array."""
    parent = reading.parents.get(id(node))
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Mult, ast.Div))


def _sums_at(value: np.ndarray, terms: Terms) -> Iterator[tuple[ast.expr, float]]:
    """Yield sums and differences of a variable and something else that come to a value."""
    for term in terms.single[:_FEW]:
        if isinstance(term.node, (ast.Name, ast.Subscript)):
            for other in terms.at(term.content - value):
                yield binary(term.node, ast.Sub, other.node), 0.1 + term.cost + other.cost
            for other in terms.at(value - term.content):
                yield binary(term.node, ast.Add, other.node), 0.1 + term.cost + other.cost


def _multiples(
    atoms: Sequence[Atom],
) -> Iterator[tuple[float, Callable[[ast.expr], ast.expr], float]]:
    """Yield numbers that a term may be multiplied by, how that is written, and what it costs."""
    for times in _TIMES:
        yield times, _scaled_by(times), 0.0 if times == 1 else _DEAR
    for atom in atoms:
        number = float(atom.content) if atom.shape == () else 0.0
        if abs(number) not in (0.0, 0.5, 1.0, 2.0):
            cost = _DEAR + 0.004 * len(atom.text)
            yield number, functools.partial(_with, ast.Mult, atom.node), cost
            yield 1 / number, functools.partial(_with, ast.Div, atom.node), cost
            yield 2 * number, functools.partial(_doubled, atom.node), cost + 2 * _DEAR


def _with(operator: type[ast.operator], by: ast.expr, node: ast.expr) -> ast.expr:
    return binary(node, operator, by)


def _doubled(by: ast.expr, node: ast.expr) -> ast.expr:
    return binary(binary(ast.Constant(2), ast.Mult, by), ast.Mult, node)


def _scaled_by(times: float) -> Callable[[ast.expr], ast.expr]:
    if times == 1:
        return lambda node: node
    if times == -1:
        return lambda node: ast.UnaryOp(ast.USub(), node)
    whole = int(times) if times.is_integer() else times
    return lambda node: binary(constant(whole), ast.Mult, node)
