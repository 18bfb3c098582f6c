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
    reach = [
        _reached(exact, inputs, position, k, int(number))
        for number in rng.choice(value.size, min(_ELEMENTS, value.size), replace=False)
    ]
    by_hand, by_autodiff = (all(one[side] for one in reach) for side in (0, 1))
    if by_hand and by_autodiff:
        more = "each element depends on its own input alone, so it is a slope that is wrong"
        return Pattern("wrong-activation-derivative", f"{seen.evidence}; {more}")
    if by_hand:
        more = (
            "each element of the right one depends on other inputs, too (through a sum, a mean or "
            "a norm of them), the hand's does not"
        )
        return replace(seen, kind="missing-term", evidence=f"{seen.evidence}; {more}")
    return seen


def _reached(
    exact: Witnesses, inputs: Arrays, position: int, k: int, number: int
) -> tuple[bool, bool]:
    """Return whether an element of an input reaches only its own in the node: hand, autodiff."""
    moved = [np.array(value) for value in inputs]
    flat = moved[position].reshape(-1)
    flat[number] += _STEP * (float(np.abs(flat).max()) or 1.0)
    alone = []
    for side in (exact.by_hand, exact.by_autodiff):
        before, after = side(inputs)[k].reshape(-1), side(moved)[k].reshape(-1)
        change = np.abs(after - before)
        reached = np.flatnonzero(change > _ROUNDING * float(np.abs(before).max()))
        alone.append(set(map(int, reached)) <= {number})
    return alone[0], alone[1]
