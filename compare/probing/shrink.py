"""Make a telling point small: few changes from the caller's inputs, short numbers."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from compare.probing.field import Field

#: How often a point is tried.
TRIES = 120


def shrink(
    fields: Sequence[Field],
    inputs: Sequence[np.ndarray],
    tells: Callable[[list[np.ndarray]], bool],
) -> list[np.ndarray]:
    """Return inputs that still tell and differ from the caller's in less.

    Args:
        fields: The inputs.
        inputs: A telling point.
        tells: Whether a point shows the mistake.
    """
    best = list(inputs)
    left = TRIES

    def attempt(k: int, value: np.ndarray) -> bool:
        nonlocal best, left
        if left <= 0 or np.array_equal(value, best[k]):
            return False
        left -= 1
        trial = list(best)
        trial[k] = value
        if not tells(trial):
            return False
        best = trial
        return True

    def now(k: int) -> np.ndarray:
        return best[k]

    order = sorted(range(len(fields)), key=lambda k: fields[k].differentiated)
    changed = [k for k in order if not np.array_equal(best[k], fields[k].value)]
    for k in changed:
        attempt(k, fields[k].value)
    for k in changed:
        if fields[k].kind != "shuffled" and not np.array_equal(best[k], fields[k].value):
            _elements(fields[k].value, functools.partial(now, k), functools.partial(attempt, k))
    for k in changed:
        if np.issubdtype(best[k].dtype, np.floating):
            _numbers(fields[k], best[k], functools.partial(attempt, k))
    return best


def _elements(
    original: np.ndarray,
    now: Callable[[], np.ndarray],
    attempt: Callable[[np.ndarray], bool],
) -> None:
    """Put elements back, halves first."""
    todo = [np.flatnonzero(now() != original)]
    while todo:
        part = todo.pop()
        if part.size == 0:
            continue
        value = now().copy()
        value.flat[part] = original.flat[part]
        if not attempt(value) and part.size > 1:
            todo += [part[: part.size // 2], part[part.size // 2 :]]


def _numbers(field: Field, now: np.ndarray, attempt: Callable[[np.ndarray], bool]) -> None:
    """Round the changed elements to few digits."""
    changed = now != field.value
    for digits in (0, 1, 3):
        rounded = np.array([float(f"{number:.{digits}e}") for number in now.flat])
        value = np.where(changed, rounded.reshape(now.shape), field.value)
        if np.array_equal(field.fit(value), value) and attempt(value):
            return
