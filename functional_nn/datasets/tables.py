"""Anything that is meant as a table of floats, made one or refused; no word about its meaning."""

from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Num

#: What to do about a table whose entries are no floats, by numpy's letter for their kind.
_WHOLE = "Convert it: {0}.astype(np.float32); pixels of 0..255 also want to be divided by 255."
_CURES = MappingProxyType(
    {
        "i": _WHOLE,
        "u": _WHOLE,
        "b": "Convert it: {0}.astype(np.float32).",
        "c": "Make columns of its parts: np.hstack([{0}.real, {0}.imag]).",
    }
)
_CURE_ELSE = "Turn each column into numbers first."


def as_array(name: str, given: object) -> np.ndarray:
    """Return an array of what was given; rows of different lengths make none."""
    try:
        return np.asarray(given)
    except ValueError:  # numpy's word for rows of different lengths
        raise ValueError(
            f"{name} is not a table: its rows differ in length. Give every row as many entries."
        ) from None


def as_floats(name: str, array: np.ndarray) -> Float[np.ndarray, "..."]:
    """Return floats of a width that numpy calculates with."""
    if array.dtype.kind == "f":
        return array
    if array.dtype.name == "bfloat16":
        return array.astype(np.float32)
    cure = _CURES.get(array.dtype.kind, _CURE_ELSE).format(name)
    raise TypeError(f"{name} is {array.dtype}; wanted floats, such as float32. {cure}")


def check_finite(name: str, array: Num[np.ndarray, "rows columns"]) -> None:
    """Refuse NaN and infinities; the first is named by row and column."""
    # A NaN or an infinity shows in the extremes, which need no table of booleans.
    if array.size == 0 or (np.isfinite(array.min()) and np.isfinite(array.max())):
        return
    bad = np.argwhere(~np.isfinite(array))
    row, column = map(int, bad[0])
    raise ValueError(
        f"{name} holds {array[row, column]} in row {row}, column {column} "
        f"({len(bad)} such in all); wanted finite numbers. Drop those rows or fill them in."
    )
