"""What an array visibly is, and the nearest array that is so too.

A derivation may rely on what its data are: rows that sum to one, a symmetric matrix, sorted knots.
Inputs drawn by a check keep all of it, or they accuse a right derivation.
"""

import functools
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

#: Returns the proposed array, made to be what the caller's is.
Fit: TypeAlias = Callable[[np.ndarray], np.ndarray]

#: Float32 data sum to one, or have length one, to about this.
ROUGH = 1e-5


def shared(value: np.ndarray, differentiated: bool = False, normalised: bool = False) -> list[Fit]:
    """Return the fits of what a float array may visibly be.

    Args:
        value: The array.
        differentiated: Whether a gradient is taken of it. Few numbers in order, or evenly spaced
            ones, are then an accident: they are what one types into a test.
        normalised: Whether the function divides by the array's length or sum: that this is one
            is then an accident, too.
    """
    found: list[Fit] = []
    if value.size < 2 or (value == value.flat[0]).all():  # a constant shows nothing
        return found
    if is_one_hot(value):
        return [_one_hot]
    for axis in (-1, 0) if value.ndim == 2 else (-1,):
        if value.shape[axis] > 1 and not normalised and _is_share(value, axis):
            return [functools.partial(_share, axis=axis)]
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        found += _square(value)
    if not found and not normalised and _is_unit(value):
        found.append(_unit)
    if not found:
        found += _order(value, differentiated)
    return found


def made_like(value: np.ndarray, proposed: np.ndarray) -> np.ndarray:
    """Return a proposed array, of another shape perhaps, made to be what an array visibly is."""
    for fit in shared(value):
        proposed = fit(proposed)
    return proposed


def _order(value: np.ndarray, differentiated: bool) -> list[Fit]:
    steps = np.diff(value, axis=-1)
    even = (
        bool(np.abs(steps - steps.flat[0]).max() <= ROUGH * np.abs(steps).max())
        if steps.size
        else True
    )
    if value.shape[-1] < 3 or (differentiated and (even or value.shape[-1] < 5)):
        return []
    if (steps > 0).all():
        return [lambda proposed: np.sort(proposed, axis=-1)]
    return [lambda proposed: -np.sort(-proposed, axis=-1)] if (steps < 0).all() else []


def in_range(value: np.ndarray) -> list[Fit]:
    """Return the fit to the range that values visibly keep: [0, 1], nonnegative, nonpositive."""
    if (value >= 0).all():
        fractions = (value <= 1).all() and (value < 1).any()
        return [_within_one if fractions else _positive]
    return [_negative] if (value <= 0).all() else []


def is_one_hot(value: np.ndarray) -> bool:
    """Whether each row has a single 1 and zeros besides; a vector only when it is long enough."""
    if value.ndim == 0 or value.shape[-1] < (3 if value.ndim == 1 else 2):
        return False
    return bool(np.isin(value, (0, 1)).all() and (value.sum(axis=-1) == 1).all())


def is_ascending(value: np.ndarray) -> bool:
    """Whether each number is larger than the one before."""
    return value.ndim > 0 and value.shape[-1] > 1 and bool((np.diff(value, axis=-1) > 0).all())


def ascending(proposed: np.ndarray) -> np.ndarray:
    """Return the numbers in order, no two of them equal."""
    found = np.sort(proposed, axis=-1)
    least = 1e-2 * (float(np.abs(found).max()) or 1.0) / found.shape[-1]
    return np.asarray(found + least * np.arange(found.shape[-1]))


def is_permutation(value: np.ndarray) -> bool:
    """Whether the numbers are 0 .. n-1, each once."""
    return value.ndim == 1 and bool((np.sort(value) == np.arange(value.size)).all())


def _one_hot(proposed: np.ndarray) -> np.ndarray:
    chosen = np.argmax(proposed, axis=-1)
    return np.asarray(np.arange(proposed.shape[-1]) == chosen[..., None], proposed.dtype)


def _is_share(value: np.ndarray, axis: int) -> bool:
    total = value.sum(axis=axis)
    return bool((value >= 0).all() and (np.abs(total - 1) < ROUGH).all())


def _share(proposed: np.ndarray, *, axis: int) -> np.ndarray:
    size = np.abs(proposed)
    total = size.sum(axis=axis, keepdims=True)
    equal = np.full_like(size, 1.0 / size.shape[axis])
    return np.where(total > 0, size / np.where(total > 0, total, 1.0), equal)


def _is_unit(value: np.ndarray) -> bool:
    if value.shape[-1] < 2 or np.isin(value, (-1, 0, 1)).any():
        return False
    return bool((np.abs(np.sum(value**2, axis=-1) - 1) < ROUGH).all())


def _unit(proposed: np.ndarray) -> np.ndarray:
    length = np.sqrt(np.sum(proposed**2, axis=-1, keepdims=True))
    equal = np.full_like(proposed, proposed.shape[-1] ** -0.5)
    return np.where(length > 0, proposed / np.where(length > 0, length, 1.0), equal)


def _square(value: np.ndarray) -> list[Fit]:
    """Return the fits of a square matrix: symmetric, positive definite, triangular, orthogonal."""
    size = len(value)
    if np.abs(value @ value.T - np.eye(size)).max() < ROUGH:
        return [lambda proposed: value]
    if np.array_equal(value, value.T):
        definite = np.linalg.eigvalsh(value).min() > 0
        return [_definite if definite else _symmetric]
    if size > 2 and not np.triu(value, 1).any():
        return [np.tril]
    return [np.triu] if size > 2 and not np.tril(value, -1).any() else []


def _symmetric(proposed: np.ndarray) -> np.ndarray:
    return (proposed + proposed.T) / 2


def _definite(proposed: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(_symmetric(proposed))
    largest = float(np.abs(values).max()) or 1.0
    kept = np.maximum(np.abs(values), 1e-2 * largest)
    return _symmetric((vectors * kept) @ vectors.T)


def _positive(proposed: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(proposed))


def _negative(proposed: np.ndarray) -> np.ndarray:
    return np.asarray(-np.abs(proposed))


def _within_one(proposed: np.ndarray) -> np.ndarray:
    return np.asarray(np.minimum(np.abs(proposed), 1.0))
