"""What an equation says at a kink or a jump, where there is no derivative.

At a kink every slope between those on either side is right, along each input element and along
all of them together (at a tie of two, one may get all, and not both); which one is taken is a
convention. At a jump, or where the slope grows without bound, the difference quotient grows without
end: there is no derivative, and only 0, the house's stand-in, passes for a convention.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.lectures.naming import named
from compare.lectures.question import Question
from compare.lectures.records import Finding
from compare.report import words

#: Steps of the difference quotients, in float64.
NEAR, NEARER = 1e-5, 1e-8
#: Of a kink the two quotients are the same; of a jump one is a thousand times the other, of a
#: square root 32 times.
GROWS = 10.0
#: What rounding makes of a quotient over the nearer step, in parts of the function's value.
MARGIN = 16 * float(np.finfo(np.float64).eps) / NEARER
#: The last direction.
TOGETHER = "all inputs together"


@dataclass(frozen=True, eq=False)
class _Direction:
    """One way to leave a corner.

    Attributes:
        name: The element of the inputs, or ``TOGETHER``; "" where there is only one.
        said: The slope that the equation gives.
        house: The house's.
        sides: Difference quotients over the two steps, left and right.
        size: Of the function's value.
    """

    name: str
    said: float
    house: float
    sides: tuple[tuple[float, float], tuple[float, float]]
    size: float

    @property
    def jumps(self) -> bool:
        """Whether the quotient grows without end on some side."""
        return any(abs(nearer) > GROWS * max(abs(near), 1.0) for near, nearer in self.sides)

    @property
    def ends(self) -> tuple[float, float]:
        """The slopes on either side, the smaller first."""
        low, high = sorted(nearer for _, nearer in self.sides)
        return low, high

    @property
    def between(self) -> bool:
        """Whether the slope is one of those between."""
        low, high = self.ends
        margin = MARGIN * max(1.0, self.size, abs(low), abs(high))
        return bool(low - margin <= self.said <= high + margin)

    def evidence(self, here: str) -> tuple[str, ...]:
        """Return the quotients in words."""
        along = f", {self.name}" if self.name else ""
        return tuple(
            f"{side} of {here}{along}: difference quotient {words.value(near)} over {NEAR:g}, "
            f"{words.value(nearer)} over {NEARER:g}"
            for side, (near, nearer) in zip(("left", "right"), self.sides, strict=True)
        )


def corners(question: Question) -> list[Finding]:
    """Return what there is to say of the claim at its corners."""
    with jax.enable_x64(True):
        found = [_at(question, corner) for corner in question.claim.corners]
    return [finding for finding in found if finding is not None]


def _at(question: Question, corner: Mapping[str, Any]) -> Finding | None:
    inputs = question.inputs(corner, jnp.float64)
    directions = list(_directions(question, inputs))
    name, here = question.claim.name, named(corner)
    jump = next((one for one in directions if one.jumps), None)
    if jump is not None:
        return _at_a_jump(name, here, jump)
    for one in directions:
        if np.isnan(one.said):
            told = f"it gives no number at {here}"
            return Finding(name, "unreadable", told, told, one.evidence(here))
        if not one.between:
            which = f"for {one.name} " if one.name else ""
            told = f"{words.value(one.said)} {which}at {here} is the slope of neither side"
            return Finding(name, "wrong", told, told, one.evidence(here))
    other = next((one for one in directions if one.said != one.house), None)
    if other is None:
        return None
    low, high = other.ends
    told = (
        f"at the kink {here} any slope from {low + 0.0:.3g} to {high:.3g} is right; "
        f"this takes {words.value(other.said)}, functional_nn {words.value(other.house)}"
    )
    short = f"slope {words.value(other.said)} at the kink {here}"
    return Finding(name, "convention", told, short, other.evidence(here))


def _at_a_jump(name: str, here: str, jump: _Direction) -> Finding:
    none = f"there is no derivative at {here}"
    grows = "the difference quotient grows without end"
    if np.isnan(jump.said):
        told = f"it gives no number at {here}; {none}"
        return Finding(name, "unreadable", f"{told}, {grows}", told, jump.evidence(here))
    if jump.said == 0 == jump.house:
        told = f"{none}, {grows}; it takes 0, as functional_nn does"
        return Finding(name, "convention", told, f"0 where {none}", jump.evidence(here))
    told = f"it says {words.value(jump.said)}, but {none}: {grows}"
    return Finding(name, "wrong", told, none, jump.evidence(here))


def _directions(question: Question, inputs: list[jax.Array]) -> Iterator[_Direction]:
    """Yield each element by itself, then all of them together."""
    said, house = _flat(question.gradient(*inputs)), _flat(question.truth(*inputs))
    labels = [
        f"{question.claim.wrt[k]}{list(map(int, index)) if index else ''}"
        for k, place in enumerate(question.argnums)
        for index in np.ndindex(inputs[place].shape)
    ]
    alone = len(labels) == 1 or _of_one_each(question, inputs)
    elements = list(np.eye(len(labels)))
    ways = [("", elements[0])] if alone else list(zip(labels, elements, strict=True))
    if not alone:
        ways.append((TOGETHER, np.ones(len(labels))))
    size = abs(float(question.meaning.of(*inputs)))
    for label, way in ways:
        sides = _sides(question, inputs, way)
        yield _Direction(label, _along(said, way), _along(house, way), sides, size)


def _along(slopes: np.ndarray, way: np.ndarray) -> float:
    return float(slopes[way != 0] @ way[way != 0])  # inf and nan elsewhere do not count


def _of_one_each(question: Question, inputs: list[jax.Array]) -> bool:
    """Whether all elements are the same question: one input, all at the same corner."""
    (first, *others) = question.argnums
    return not others and bool(np.ptp(np.asarray(inputs[first])) == 0)


def _flat(tree: Any) -> np.ndarray:
    leaves = [np.ravel(np.asarray(leaf, np.float64)) for leaf in jax.tree.leaves(tree)]
    return np.concatenate(leaves)


def _sides(
    question: Question, inputs: list[jax.Array], direction: np.ndarray
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the difference quotients to the left and to the right, over two steps each."""
    here = float(question.meaning.of(*inputs))

    def over(step: float) -> float:
        moved, first = list(inputs), 0
        for place in question.argnums:
            size = inputs[place].size
            by = direction[first : first + size].reshape(inputs[place].shape)
            moved[place] = inputs[place] + step * by
            first += size
        return (float(question.meaning.of(*moved)) - here) / step + 0.0

    return (over(-NEAR), over(-NEARER)), (over(NEAR), over(NEARER))
