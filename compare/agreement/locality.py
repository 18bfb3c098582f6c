"""Which elements of a gradient an element of its argument reaches, by hand and by autodiff.

Where each element of both depends on its own input alone, a slope is wrong. Where autodiff's
depend on the others and the hand's do not, what reaches them through a sum was left out: a mean, a
variance, a normaliser.
"""

from dataclasses import replace

import numpy as np

from compare.agreement.question import Question
from compare.agreement.residual import Pattern
from compare.agreement.witnesses import Arrays, Witnesses

#: So many elements are moved, by so much of the array's size; smaller changes are rounding.
_ELEMENTS, _STEP, _ROUNDING = 3, 0.1, 1e-10


def with_reach(
    seen: Pattern,
    question: Question,
    exact: Witnesses,
    inputs: Arrays,
    k: int,
    rng: np.random.Generator,
) -> Pattern:
    """Return a pattern with its kind, where it is not known, told by what reaches what.

    Args:
        seen: What the difference looks like.
        question: What was asked.
        exact: The witnesses in float64.
        inputs: The caller's inputs.
        k: The node.
        rng: Chooses the elements.
    """
    names = question.arguments.names
    if seen.kind != "unknown" or exact.subjects[k].name not in names:
        return seen
    position = names.index(exact.subjects[k].name)
    value = inputs[position]
    if value.size < 2:
        return seen
    chosen = rng.choice(value.size, min(_ELEMENTS, value.size), replace=False)
    numbers = [int(number) for number in chosen]
    reach = [_reached(exact, inputs, position, k, number) for number in numbers]
    by_hand, by_autodiff = ([one[side] for one in reach] for side in (0, 1))
    alone = [{number} for number in numbers]
    if by_hand == alone == by_autodiff:
        more = "each element depends on its own input alone, so it is a slope that is wrong"
        return Pattern("wrong-activation-derivative", f"{seen.evidence}; {more}")
    hand_alone = all(h <= own for h, own in zip(by_hand, alone, strict=True))
    if hand_alone and all(r > own for r, own in zip(by_autodiff, alone, strict=True)):
        more = (
            "each element of the right one depends on other inputs, too (through a sum, a mean or "
            "a norm of them), the hand's does not"
        )
        return replace(seen, kind="missing-term", evidence=f"{seen.evidence}; {more}")
    return seen


def _reached(
    exact: Witnesses, inputs: Arrays, position: int, k: int, number: int
) -> tuple[set[int], set[int]]:
    """Return the elements of a node that an element of an input reaches: by hand, by autodiff."""
    moved = [np.array(value) for value in inputs]
    flat = moved[position].reshape(-1)
    flat[number] += _STEP * (float(np.abs(flat).max()) or 1.0)
    found = []
    for side in (exact.by_hand, exact.by_autodiff):
        before, after = side(inputs)[k].reshape(-1), side(moved)[k].reshape(-1)
        with np.errstate(invalid="ignore"):
            reached = np.abs(after - before) > _ROUNDING * float(np.abs(before).max())
        found.append({int(index) for index in np.flatnonzero(reached)})
    return found[0], found[1]
