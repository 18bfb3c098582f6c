"""Constants that a function closes over in a narrow float.

A loss that closes over ``A = x.T @ x`` in float32 has its digits cut there; a derivation that
computes the same from ``x`` has not. What that does to the gradient is rounding, not a mistake.
"""

from collections.abc import Iterator

import numpy as np

from compare.agreement.formula import Constants
from compare.agreement.witnesses import Witnesses
from compare.program import Program
from compare.program.program import Value

#: How many roundings such a constant may be off: it was computed in several steps, perhaps.
ROUNDINGS = 32.0
#: Numbers of at most this many binary digits were written down, not rounded.
DIGITS = 11


def own_constants(exact: Witnesses) -> Constants:
    """Return the rounded constants that only one side has, each with what it may be off by."""
    assert exact.reference is not None
    hand, reference = dict(_rounded(exact.hand)), dict(_rounded(exact.reference))
    shared = set(hand.values()) & set(reference.values())
    return (
        {v: ROUNDINGS * exact.hand.rounded[v] for v, mark in hand.items() if mark not in shared},
        {
            v: ROUNDINGS * exact.reference.rounded[v]
            for v, mark in reference.items()
            if mark not in shared
        },
    )


def _rounded(program: Program) -> Iterator[tuple[Value, tuple[object, ...]]]:
    for value in program.rounded:
        content = np.asarray(program.constants[value])
        if np.isrealobj(content) and not _is_short(content):
            yield value, (content.shape, content.tobytes())


def _is_short(content: np.ndarray) -> bool:
    mantissa, _ = np.frexp(content[np.isfinite(content)])
    scaled = mantissa * 2.0**DIGITS
    return bool((scaled == np.rint(scaled)).all())
