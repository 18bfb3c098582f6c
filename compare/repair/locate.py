"""Find the statement of a mistake before any edit: whose value, were it right, mends everything?

In the place of a statement's value stand those that autodiff computes, one after the other. Where
one makes everything agree, the mistake is in this statement, or in one before it that autodiff has
nothing like: then what the statement should come to says what its variables should hold.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compare.program.watch import Ref
from compare.repair.carry import variable_of
from compare.repair.known import mark
from compare.repair.places import Places
from compare.repair.reading import Reading, as_array
from compare.repair.reference import Reference
from compare.repair.rewrites.holes import holes
from compare.repair.rewrites.terms import same
from compare.repair.source import parts
from compare.repair.targets import Target, targets

#: So many statements before the located one are followed through its variables.
_FOLLOWED = 8
#: So many values of autodiff's are tried inside one expression.
_TRIES = 600


@dataclass(frozen=True, eq=False)
class Wanted:
    """An expression, and what it should come to.

    Attributes:
        reading: The statement.
        node: The expression.
        value: What it should come to in the first run, at the caller's inputs.
    """

    reading: Reading
    node: ast.expr
    value: np.ndarray

    @cached_property
    def parts(self) -> list[ast.expr]:
        """The arrays in it of which it follows what they should come to."""
        known = holes(self.reading, self.node, self.value)
        return [part for part, value in known if np.ndim(value) and np.isfinite(value).all()]


def located(
    places: Places,
    reference: Reference,
    by_hand: frozenset[tuple[object, ...]],
    wrong: Sequence[int],
    holds: Callable[[Target, Sequence[int]], bool | None],
) -> Iterator[Target]:
    """Yield what statements should come to, the likeliest place of the mistake first.

    One of each rank: the first that comes to something strange; the first that comes to something
    right, of which a step may be missing; the first that just hands a variable on.

    Args:
        places: The statements.
        reference: What autodiff computes.
        by_hand: Marks of what the derivation computes already.
        wrong: Outputs that are wrong by their own mistake.
        holds: Whether a target mends them; None when it is too late to find out.
    """
    found: set[int] = set()
    for reading in places.suspects(wrong):
        rank = max(1, places.rank(reading))
        if rank in found:
            continue
        for target in targets(reading, reference, by_hand):
            mended = holds(target, wrong)
            if mended is None:
                return
            if mended:
                yield target
                found.add(rank)
                break


def wanted_of(first: Wanted, readings: Sequence[Reading], reference: Reference) -> list[Wanted]:
    """Return an expression, its parts, and what variables should hold, with what each should be.

    Args:
        first: The expression, and what it should come to.
        readings: All statements.
        reference: What autodiff computes; parts inside a function's call may have to come to it.
    """
    writers = {
        hold.value: (reading, reading.statement.root)
        for reading in readings
        for hold in reading.holds.get(id(reading.statement.root), ())[:1]
        if not hold.reads
    }
    here = (first.reading.statement.file, first.reading.statement.function)
    idle = {
        variable_of(reading): reading
        for reading in readings
        if not reading.holds
        and (reading.statement.file, reading.statement.function) == here
        and variable_of(reading)
    }
    found = [first]
    for one in found:
        if len(found) > _FOLLOWED:
            break
        known = [*holes(one.reading, one.node, one.value)]
        inner = [] if one.reading.mapped else list(_inner(one, reference))
        found.extend(inner)
        for part, value in (*known, *((more.node, more.value) for more in inner)):
            if not np.isfinite(value).all():
                continue
            ref = one.reading.variable(part)
            if isinstance(ref, Ref) and ref.value in writers:
                reading, root = writers[ref.value]
            elif isinstance(part, ast.Name) and part.id in idle:
                reading, root = idle[part.id], idle[part.id].statement.root
            else:
                continue
            if all(reading is not other.reading for other in found):
                found.append(Wanted(reading, root, value))
    return found


def _larger(have: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an array could be the larger one that another broadcasts to."""
    return len(have) == len(shape) and all(a in (1, b) for a, b in zip(have, shape, strict=True))


def _inner(one: Wanted, reference: Reference) -> Iterator[Wanted]:
    """Yield parts of an expression that, were they a value of autodiff's, would make it right."""
    outer = {id(part) for part in one.parts}
    tries = 0
    for part in parts(one.node):
        have = one.reading.array(part)
        if id(part) in outer or have.dtype.kind != "f" or not have.ndim:
            continue
        seen: set[object] = {mark(have)}
        for content in reference.contents[0]:
            shape = as_array(content).shape
            fits = shape == have.shape or (
                isinstance(part, ast.Name) and _larger(have.shape, shape)
            )
            if not fits or mark(content) in seen or tries > _TRIES:
                continue
            seen.add(mark(content))
            tries += 1
            made = one.reading.with_part(one.node, part, content)
            if as_array(made).shape == one.value.shape and same(as_array(made), one.value):
                yield Wanted(one.reading, part, np.asarray(content))
                break
