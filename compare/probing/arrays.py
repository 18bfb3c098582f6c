"""Small changes to an array."""

from typing import Any

import numpy as np


def with_first(value: np.ndarray, number: Any) -> np.ndarray:
    """Return the array with another first element."""
    changed = value.copy()
    changed[(0,) * value.ndim] = number
    return changed


def zero_row(value: np.ndarray) -> np.ndarray:
    """Return the array with zeros in its first row."""
    changed = value.copy()
    changed[0] = 0
    return changed


def two_equal(value: np.ndarray) -> np.ndarray:
    """Return the array with two equal elements in each row."""
    changed = value.copy()
    if value.ndim and value.shape[-1] > 1:
        changed[..., 1] = changed[..., 0]
    return changed
