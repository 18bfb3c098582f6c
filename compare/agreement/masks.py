"""Other masks: of data that are all zeros and ones, one element the other way."""

from collections.abc import Sequence

import numpy as np

from compare.agreement.measures import is_symmetric
from compare.repair.rewrites.writing import is_mask


def other_masks(
    inputs: Sequence[np.ndarray], kept: Sequence[int], rng: np.random.Generator
) -> list[np.ndarray]:
    """Return inputs in which every mask keeps one element less, or more where it keeps one.

    How many it keeps is then no longer the length of some axis by chance. One-hot rows or
    columns are no mask; what is symmetric stays so.

    Args:
        inputs: Arrays.
        kept: Positions of those that are left alone.
        rng: Chooses the element.
    """
    return [
        _turned(array, rng) if position not in kept and _turns(array) else array
        for position, array in enumerate(inputs)
    ]


def _turns(array: np.ndarray) -> bool:
    if array.size < 3 or array.dtype.kind not in "bf":
        return False
    one_hot = any((array.sum(axis=axis) == 1).all() for axis in range(array.ndim))
    return bool(array.any() and not array.all()) and is_mask(array) and not one_hot


def _turned(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    few = int(array.astype(bool).sum()) < 2
    index = tuple(rng.choice(np.argwhere(array == (0 if few else 1))))
    turned = array.copy()
    turned[index] = few
    if is_symmetric(array):
        turned[index[::-1]] = few
    return turned
