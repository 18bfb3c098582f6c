"""Numbers that say how two arrays differ."""

import numpy as np

from compare.report import Worst


def scale_of(array: np.ndarray) -> float:
    """Return the largest finite magnitude, 0 for none."""
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def relative_error(hand: np.ndarray, reference: np.ndarray, size: float | None = None) -> float:
    """Return the largest difference of an element, over ``size``: the reference's largest element.

    inf where one side is not finite and the other is, or neither is, or where all of the reference
    is zero and the hand is not.
    """
    if hand.size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        difference = np.where(hand == reference, 0.0, np.abs(hand - reference))
    largest = float(np.where(np.isnan(difference), np.inf, difference).max())
    scale = scale_of(reference) if size is None else size
    if largest == 0.0:
        return 0.0
    return largest / scale if scale else float("inf")


def ratio(hand: np.ndarray, reference: np.ndarray) -> float:
    """Return the constant c for which ``c * reference`` is nearest ``hand``."""
    square = float(np.vdot(reference, reference))
    return float(np.vdot(reference, hand)) / square if square else float("nan")


def cosine(hand: np.ndarray, reference: np.ndarray) -> float:
    """Return the cosine of the angle between the two, as vectors."""
    with np.errstate(all="ignore"):
        hand, reference = (np.asarray(v) / (scale_of(v) or 1.0) for v in (hand, reference))
        lengths = float(np.linalg.norm(hand)) * float(np.linalg.norm(reference))
        return float(np.vdot(hand, reference)) / lengths if lengths else float("nan")


def worst(hand: np.ndarray, reference: np.ndarray, allowance: np.ndarray) -> Worst | None:
    """Return the element whose difference is largest against its allowance."""
    if hand.size == 0:
        return None
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        difference = np.abs(hand - reference)
        excess = np.where(hand == reference, 0.0, difference / np.maximum(allowance, 1e-300))
    excess = np.where(np.isnan(excess), np.inf, excess)
    index = np.unravel_index(int(np.argmax(excess)), hand.shape)
    return Worst(tuple(map(int, index)), float(hand[index]), float(reference[index]))


def is_symmetric(value: np.ndarray) -> bool:
    """Whether an array is a matrix, of more than one element, that is its own transpose."""
    square = value.ndim == 2 and 1 < len(value) == len(value.T)
    return square and np.array_equal(value, value.T)
