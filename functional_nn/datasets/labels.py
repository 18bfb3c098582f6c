"""Labels: whole numbers that count classes from 0."""

import operator

import numpy as np
from jaxtyping import Int32, Shaped


def check_classes(classes: object) -> int | None:
    """Return a number of classes as an integer; None where there are none, or none are known."""
    if classes is None:
        return None
    try:
        count = operator.index(classes)  # type: ignore[arg-type]
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"classes is {classes!r}; wanted a whole number of at least 1, or None.")
    return count


def are_labels(y: np.ndarray, classes: int | None) -> bool:
    """One axis that is not floats; floats too when the caller says that there are classes."""
    return y.ndim == 1 and (y.dtype.kind in "iubUSO" or classes is not None)


def as_labels(y: np.ndarray, classes: int | None) -> tuple[Int32[np.ndarray, " rows"], int]:
    """Return labels as int32, and the number of classes."""
    if y.dtype.kind not in "iub":
        raise TypeError(
            f"y is {y.dtype}{_first_broken(y)}; wanted whole numbers as labels. {_cure_labels(y)}"
        )
    _check_range(y, classes)
    labels = y.astype(np.int32)
    return labels, classes or max(2, int(labels.max(initial=0)) + 1)


def _first_broken(y: np.ndarray) -> str:
    """Point at the first label that is a number but not a whole one."""
    if y.dtype.kind != "f":
        return ""
    broken = np.flatnonzero(y != np.floor(y))
    return f", with {y[broken[0]]} in row {broken[0]}" if broken.size else ""


def _cure_labels(y: np.ndarray) -> str:
    if y.dtype.kind in "USO":
        return "Number them: names, y = np.unique(y, return_inverse=True)."
    return "Convert labels: y.astype(np.int32); give values to fit without classes."


def _check_range(y: Shaped[np.ndarray, " rows"], classes: int | None) -> None:
    limit = np.iinfo(np.int32).max if classes is None else classes
    wrong = np.flatnonzero((y < 0) | (y >= limit))
    if not wrong.size:
        return
    row = int(wrong[0])
    wanted = (
        "labels from 0 up" if classes is None else f"labels 0..{classes - 1} of {classes} classes"
    )
    raise ValueError(
        f"y holds the label {y[row]} in row {row} ({wrong.size} such in all); wanted {wanted}. "
        "Correct those rows, or number the classes from 0."
    )
