"""What the difference between hand and reference looks like, and what that says of the cause."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compare.agreement.measures import cosine, ratio

#: How exactly a pattern must hold to be named: far above rounding, far below chance.
EXACT = 1e-9
_RIGHT = " times the right one"


@dataclass(frozen=True)
class Pattern:
    """A kind of mistake and the evidence for it."""

    kind: str
    evidence: str


def pattern(
    hand: np.ndarray,
    reference: np.ndarray,
    wrong: np.ndarray,
    lengths: Sequence[tuple[str, int]],
    value: np.ndarray | None,
) -> Pattern:
    """Name what the difference looks like.

    Args:
        hand: The derivation's value of a node.
        reference: The right one.
        wrong: Which elements differ.
        lengths: Named axis lengths of the inputs, which constant factors are compared with.
        value: The forward value the node is the gradient of, if known.
    """
    if not np.isfinite(hand).all():
        bad = int((~np.isfinite(hand)).sum())
        return Pattern("numerically-unstable", f"{bad} of {hand.size} elements are inf or nan")
    if not hand.any():
        return Pattern("zero-gradient", "the hand's value is zero in every element")
    factor = ratio(hand, reference)
    if same(hand, factor * reference):
        found = _constant(factor, lengths)
        if hand.size == 1 and found.evidence.endswith(_RIGHT) and not _telling(factor):
            return Pattern("unknown", "it is a single number, so that the ratio tells nothing")
        return found
    if value is not None and value.shape == hand.shape and hand.size > 1:
        missing = ratio(hand - reference, value)
        if same(hand - reference, missing * value):
            what = "missing" if missing < 0 else "too much"
            return Pattern(
                "missing-term",
                f"the difference is {missing:.6g} times the parameter itself: a penalty's term "
                f"is {what}",
            )
    if hand.ndim == 2 and hand.shape[0] == hand.shape[1] and same(hand.T, reference):
        return Pattern("missing-transpose", "the hand's value is the transpose of the right one")
    return _partial(hand, reference, wrong, lengths)


def _partial(
    hand: np.ndarray,
    reference: np.ndarray,
    wrong: np.ndarray,
    lengths: Sequence[tuple[str, int]],
) -> Pattern:
    """Say which part is wrong, and whether a constant explains that part."""
    count = int(wrong.sum())
    where = f"{count} of {hand.size} elements differ"
    for axis in range(hand.ndim):
        others = tuple(k for k in range(hand.ndim) if k != axis)
        lines = np.flatnonzero(wrong.any(axis=others))
        if 0 < len(lines) < hand.shape[axis] and len(lines) <= 3:
            listed = ", ".join(map(str, lines))
            where += f", all at index {listed} of axis {axis}"
            break
    if 0 < count < hand.size:
        factor = ratio(hand[wrong], reference[wrong])
        if not hand[wrong].any():
            return Pattern("zero-gradient", f"{where}; the hand's value is zero there")
        if same(hand[wrong], factor * reference[wrong]):
            inner = _constant(factor, lengths)
            return Pattern(inner.kind, f"{where}; there {inner.evidence}")
    if not reference[wrong].any():  # no angle, and no factor
        place = "there" if count < hand.size else "in every element"
        return Pattern("unknown", f"{where}; the right value is zero {place}")
    return Pattern("unknown", f"{where}; cosine {cosine(hand, reference):.6f}, no constant ratio")


def _telling(factor: float) -> bool:
    """Whether a factor, or its inverse, is a small whole number: of one number any may be."""
    size = abs(factor)
    return any(abs(x - round(x)) < EXACT and 0 < x < 100 for x in (size, size and 1 / size))


def _constant(factor: float, lengths: Sequence[tuple[str, int]]) -> Pattern:
    """Name a constant factor: -1, 2, 1/2, the batch, its inverse, ..."""
    if abs(factor + 1) < EXACT:
        return Pattern("wrong-sign", "the hand's value is -1 times the right one")
    says = f"the hand's value is {factor:.6g}{_RIGHT}"
    for name, length in lengths:
        if length <= 2:
            continue
        for known, word in ((float(length), f"{name}"), (1.0 / length, f"1/{name}")):
            if abs(abs(factor) / known - 1) < EXACT:
                return Pattern("wrong-constant-factor", f"{says}: {word} (= {length})")
    return Pattern("wrong-constant-factor", says)


def same(left: ArrayLike, right: ArrayLike) -> bool:
    """Whether two arrays of one shape are equal but for rounding."""
    left, right = np.asarray(left), np.asarray(right)
    scale = max(float(np.abs(left).max()), float(np.abs(right).max()))
    with np.errstate(invalid="ignore"):
        return bool(np.abs(left - right).max() <= EXACT * scale)
