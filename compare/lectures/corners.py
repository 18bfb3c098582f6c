"""What an equation says at a kink or a jump, where there is no derivative.

At a kink every slope between those on either side is right, and which one is taken is a
convention. At a jump the difference quotient grows without end, and there is none.
"""

from collections.abc import Mapping
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


def corners(question: Question) -> list[Finding]:
    """Return what there is to say of the claim at its corners."""
    with jax.enable_x64(True):
        found = [_at(question, corner) for corner in question.claim.corners]
    return [finding for finding in found if finding is not None]


def _at(question: Question, corner: Mapping[str, Any]) -> Finding | None:
    inputs = question.inputs(corner, jnp.float64)
    slope, house = (float(np.ravel(f(*inputs))[0]) for f in (question.said, question.truth))
    sides = {
        side: _quotients(question, inputs, sign) for side, sign in (("left", -1), ("right", 1))
    }
    evidence = tuple(
        f"{side} of {named(corner)}: difference quotient {words.value(near)} over {NEAR:g}, "
        f"{words.value(nearer)} over {NEARER:g}"
        for side, (near, nearer) in sides.items()
    )
    name, here = question.claim.name, named(corner)
    if np.isnan(slope):
        told = f"it gives no number at {here}"
        return Finding(name, "unreadable", told, told, evidence)
    ends = sorted(nearer for _, nearer in sides.values())
    margin = max(NEARER, np.finfo(np.float64).eps / NEARER) * max(1.0, *map(abs, ends))
    if not ends[0] - margin <= slope <= ends[1] + margin:
        told = f"{words.value(slope)} at {here} is the slope of neither side"
        return Finding(name, "wrong", told, told, evidence)
    if slope == house:
        return None
    told = (
        f"at the kink {here} any slope from {ends[0] + 0.0:.3g} to {ends[1]:.3g} is right; "
        f"this takes {words.value(slope)}, functional_nn {words.value(house)}"
    )
    short = f"slope {words.value(slope)} at the kink {here}"
    return Finding(name, "convention", told, short, evidence)


def _quotients(question: Question, inputs: list[jax.Array], sign: int) -> tuple[float, float]:
    """Return the difference quotients of one element to one side, over two steps."""
    place = question.argnums[0]
    here = question.meaning.of(*inputs)

    def over(step: float) -> float:
        at = inputs[place].ravel()
        moved = at.at[0].add(sign * step).reshape(inputs[place].shape)
        there = question.meaning.of(*inputs[:place], moved, *inputs[place + 1 :])
        return float((there - here) / (sign * step)) + 0.0

    return over(NEAR), over(NEARER)
