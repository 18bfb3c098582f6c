"""Small expressions made of what is at hand, found by their value.

Thousands of products, sums and slopes are computed once, and kept by their scalar product with one
random array. That is linear, so a difference or a multiple is looked up as easily as a value.
"""

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.repair.reading import Reading
from compare.repair.rewrites.atoms import Atom
from compare.repair.rewrites.fitting import effort, fitted
from compare.repair.rewrites.slopes import slopes_of
from compare.repair.rewrites.writing import binary, method, parsed

#: How closely a value must be met.
EXACT = 1e-9
#: Products of three are made of no more variables than this.
_FEW = 14
#: Products of two are made of no more expressions than this.
_MANY = 70
#: What it costs to make a term, or to look one up, beside running an equation.
_EACH = 0.4
_VARIABLES = (ast.Name, ast.Subscript, ast.Attribute)


@dataclass(frozen=True, eq=False)
class Term:
    """A small expression.

    Attributes:
        node: How it is written.
        content: What it comes to, at the caller's inputs.
        cost: How long it is.
    """

    node: ast.expr
    content: np.ndarray
    cost: float


class Terms:
    """The small expressions of one shape."""

    def __init__(self, reading: Reading, atoms: Sequence[Atom], shape: tuple[int, ...]) -> None:
        self.shape = shape
        arrays = [a for a in atoms if np.asarray(a.content).dtype.kind in "fb" and a.shape]
        plain = list(_plain(reading, arrays, shape))
        slopes = [slope for term in plain for slope in _slopes(term, reading)]
        self.single = [*plain, *slopes]
        found = [*self.single, *_sums(arrays, shape), *_products(arrays, shape)]
        found += _pairs(plain, slopes)
        self.all = [term for term in found if _sound(term.content)]
        self._meter = reading.desk.meter
        self._meter.spend(times=_EACH * len(self.all))
        self._along = np.random.default_rng(len(shape)).standard_normal(shape)
        prints = np.array([self._print(term.content) for term in self.all])
        self._order = np.argsort(prints)
        self._prints = prints[self._order]

    def _print(self, content: np.ndarray) -> float:
        return float(np.vdot(self._along, np.broadcast_to(content, self.shape)))

    def at(self, content: np.ndarray) -> Iterator[Term]:
        """Yield the expressions that come to a value."""
        self._meter.spend(times=_EACH)
        print_ = self._print(content)
        margin = 1e-7 * abs(print_) + 1e-12 * float(np.abs(content).max(initial=0.0))
        first, last = np.searchsorted(self._prints, [print_ - margin, print_ + margin])
        for k in self._order[first:last]:
            if same(self.all[k].content, content):
                yield self.all[k]


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether two arrays are equal but for rounding."""
    scale = float(np.abs(wanted).max(initial=0.0))
    return bool((np.abs(found - wanted) <= EXACT * scale).all()) if scale else False


def _sound(content: np.ndarray) -> bool:
    """Whether a term can be told by its value; one that is 1 throughout, a full mask, cannot."""
    return bool(np.isfinite(content).all() and content.any() and not (content == 1).all())


def _plain(reading: Reading, arrays: Sequence[Atom], shape: tuple[int, ...]) -> Iterator[Term]:
    """Yield the variables and phrases that broadcast to a shape."""
    for atom in arrays:
        node = fitted(atom, shape)
        content = None if node is None else reading.try_out(node)
        if node is not None and content is not None:
            yield Term(node, np.asarray(content, float), effort(atom))
    if len(shape) == 2 and shape[0] == shape[1] > 1:
        length = next((a.text for a in arrays if a.shape[:1] == shape[:1]), "")
        count = f"{length}.shape[0]" if length.isidentifier() else str(shape[0])
        yield Term(parsed(f"jnp.eye({count})"), np.eye(shape[0]), 0.2)


def _slopes(term: Term, reading: Reading) -> Iterator[Term]:
    """Yield the slopes of functions, made of a variable."""
    if isinstance(term.node, _VARIABLES):
        for slope in slopes_of(Atom(term.node, term.content), reading):
            yield Term(slope.node, np.asarray(slope.content, float), effort(slope) + 0.05)


def _pairs(plain: Sequence[Term], slopes: Sequence[Term]) -> Iterator[Term]:
    """Yield products and quotients of two, and products of three variables."""
    variables = [term for term in plain if isinstance(term.node, _VARIABLES)]
    for one, other in itertools.combinations_with_replacement(plain[:_MANY], 2):
        yield _joined(one, ast.Mult, other)
    for one, other in itertools.product(variables[:_FEW], slopes):
        yield _joined(one, ast.Mult, other)
    for one, other in itertools.permutations(variables[:_FEW], 2):
        yield _joined(one, ast.Div, other)
    for one, other, third in itertools.combinations(variables[:_FEW], 3):
        yield _joined(_joined(one, ast.Mult, other), ast.Mult, third)


def _joined(one: Term, operator: type[ast.operator], other: Term) -> Term:
    with np.errstate(all="ignore"):
        if operator is ast.Mult:
            content = one.content * other.content
        else:
            content = one.content / other.content
    cost = one.cost + other.cost + (0.15 if operator is ast.Mult else 0.4)
    return Term(binary(one.node, operator, other.node), content, cost)


def _sums(arrays: Sequence[Atom], shape: tuple[int, ...]) -> Iterator[Term]:
    """Yield sums of a variable, or of a product of two, over an axis."""
    floats = [a for a in arrays if np.asarray(a.content).dtype.kind == "f"]
    for axis, kept, longer in _longer({a.shape for a in floats}, shape):
        alike = [atom for atom in floats if atom.shape == longer]
        for atom in alike:
            content = np.asarray(atom.content).sum(axis=axis, keepdims=kept)
            yield Term(method(atom.node, "sum", axis, kept), content, effort(atom) + 0.1)
        for one, other in itertools.combinations_with_replacement(alike, 2):
            content = (one.content * other.content).sum(axis=axis, keepdims=kept)
            node = method(binary(one.node, ast.Mult, other.node), "sum", axis, kept)
            yield Term(node, content, effort(one) + effort(other) + 0.25)
        weights = [a for a in floats if a.shape and not a.phrase and a.shape == longer[:-1]]
        for one, other in itertools.product(weights, alike):  # a weight each row of the last axis
            spread = parsed(f"{one.text}[..., None]")
            content = (np.asarray(one.content)[..., None] * other.content).sum(axis, keepdims=kept)
            node = method(binary(spread, ast.Mult, other.node), "sum", axis, kept)
            yield Term(node, content, effort(one) + effort(other) + 0.3)


def _longer(
    shapes: set[tuple[int, ...]], shape: tuple[int, ...]
) -> Iterator[tuple[int, bool, tuple[int, ...]]]:
    """Yield axes over which the sum of an array of some shape has, or broadcasts to, another."""
    for longer in shapes:
        for axis in range(len(longer)):
            before, after = longer[:axis], longer[axis + 1 :]
            if longer[axis] < 2:
                continue
            if (*before, *after) == shape or (longer == shape and axis == 0 and len(shape) > 1):
                yield axis, False, longer
            elif (*before, 1, *after) == shape or longer == shape:
                yield axis, True, longer


def _products(arrays: Sequence[Atom], shape: tuple[int, ...]) -> Iterator[Term]:
    """Yield the matrix products of two, either one perhaps transposed."""
    flat = [a for a in arrays if len(a.shape) in (1, 2) and np.asarray(a.content).dtype.kind == "f"]
    for one, other in itertools.product(flat, flat):
        for left, right, turned in _turned(one, other):
            a, b = left.content, right.content
            if a.shape[-1] == b.shape[0] and a.shape[:-1] + b.shape[1:] == shape:
                cost = effort(one) + effort(other) + 0.1 + 0.05 * turned
                yield Term(binary(left.node, ast.MatMult, right.node), a @ b, cost)
        if len(one.shape) == len(other.shape) == 1 and (*one.shape, *other.shape) == shape:
            node = parsed(f"jnp.outer({one.text}, {other.text})")
            content = np.outer(one.content, other.content)
            yield Term(node, content, effort(one) + effort(other) + 0.2)


def _turned(one: Atom, other: Atom) -> Iterator[tuple[Term, Term, int]]:
    for left, k in _ways(one):
        for right, m in _ways(other):
            yield left, right, k + m


def _ways(atom: Atom) -> Iterator[tuple[Term, int]]:
    content = np.asarray(atom.content)
    yield Term(atom.node, content, 0.0), 0
    if content.ndim == 2:
        yield Term(ast.Attribute(atom.node, "T", ast.Load()), content.T, 0.0), 1
