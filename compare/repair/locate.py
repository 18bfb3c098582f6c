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
from compare.repair.places import Places
from compare.repair.reading import Reading
from compare.repair.reference import Reference
from compare.repair.rewrites.holes import holes
from compare.repair.targets import Target, targets

#: So many statements before the located one are followed through its variables.
_FOLLOWED = 6


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


def wanted_of(target: Target, readings: Sequence[Reading]) -> list[Wanted]:
    """Return what a located expression should come to, and what its variables should hold."""
    writers = {
        hold.value: (reading, reading.statement.root)
        for reading in readings
        for hold in reading.holds.get(id(reading.statement.root), ())[:1]
        if not hold.reads
    }
    found = [Wanted(target.reading, target.anchor, target.first)]
    for one in found:
        for part, value in holes(one.reading, one.node, one.value):
            ref = one.reading.variable(part)
            if not isinstance(ref, Ref) or ref.value not in writers or not np.isfinite(value).all():
                continue
            reading, root = writers[ref.value]
            if all(reading is not other.reading for other in found) and len(found) <= _FOLLOWED:
                found.append(Wanted(reading, root, value))
    return found
