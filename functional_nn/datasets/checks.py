"""What rows must be before any work is done with them; otherwise an error that says why not.

    x    floats [rows, features], all finite
    y    whole-number labels [rows], each in 0..classes-1
         or finite values [rows, n_out]; one column may come as floats [rows]

Every message says what was given, what was wanted and what to do about it.
"""

import operator
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int32, Num

#: Labels of each row, or values to fit.
Targets = Int32[np.ndarray, " rows"] | Float[np.ndarray, "rows n_out"]

#: What to do about inputs of a numpy kind that is not floating point.
_CURES = MappingProxyType(
    {
        "i": "Convert them: x.astype(np.float32); pixels of 0..255 also want to be divided by 255.",
        "c": "Take the parts as features of their own: np.hstack([x.real, x.imag]).",
        "b": "Convert them: x.astype(np.float32).",
    }
)
_CURES_ELSE = "Turn each column into numbers first."


def validate(
    x: object, y: object, *, classes: int | None = None, allow_empty: bool = False
) -> tuple[Float[np.ndarray, "rows features"], Targets, int | None]:
    """Return inputs, targets and number of classes in their one form, or refuse them.

    Args:
        x: Inputs [rows, features], floats.
        y: Labels [rows] (integers or booleans), or values [rows, n_out].
        classes: Number of classes; labels then run 0..classes-1. Without it, the largest label
            decides (at least two classes); values have none.
        allow_empty: Accept no rows at all: a split may leave a part out.

    Returns:
        Inputs as they are (bfloat16 as float32); labels as int32, values as floats; the classes.

    Raises:
        TypeError: If ``x`` or ``y`` has a dtype that does not suit.
        ValueError: If a shape does not fit, there are no rows, or an entry is NaN, infinite or a
            label out of range; row and column are named.
    """
    inputs = _floats("x", _array("x", x))
    targets = _array("y", y)
    _check_shapes(inputs, targets)
    if not allow_empty and len(inputs) == 0:
        raise ValueError(f"x has shape {list(inputs.shape)}: no rows. Give at least one.")
    _check_finite("x", inputs)
    count = _check_classes(classes)
    if _are_labels(targets, count):
        return inputs, *_labels(targets, count)
    return inputs, _values(targets, count), count


def _array(name: str, given: object) -> np.ndarray:
    try:
        return np.asarray(given)
    except ValueError:  # numpy's word for rows of different lengths
        raise ValueError(
            f"{name} is not a table: its rows differ in length. Give every row as many entries."
        ) from None


def _floats(name: str, array: np.ndarray) -> Float[np.ndarray, "..."]:
    """Return floats of a width that numpy calculates with."""
    if array.dtype.kind == "f":
        return array
    if array.dtype.name == "bfloat16":
        return array.astype(np.float32)
    kind = "i" if array.dtype.kind == "u" else array.dtype.kind
    raise TypeError(
        f"{name} is {array.dtype}; wanted floats, such as float32. {_CURES.get(kind, _CURES_ELSE)}"
    )


def _check_shapes(x: np.ndarray, y: np.ndarray) -> None:
    if x.ndim != 2:
        cure = "One feature: x[:, None]." if x.ndim == 1 else "Flatten rows: x.reshape(len(x), -1)."
        raise ValueError(f"x has shape {list(x.shape)}; wanted [rows, features]. {cure}")
    if x.shape[1] == 0:
        raise ValueError(f"x has shape {list(x.shape)}: no features. Give at least one column.")
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise ValueError(
            f"y has shape {list(y.shape)}; wanted labels [rows] or values [rows, n_out]. "
            "Give one label, or one row of values, for each row of x."
        )
    if len(x) != len(y):
        raise ValueError(
            f"x has {len(x)} rows and y has {len(y)}; wanted as many. "
            "Give one label, or one row of values, for each row of x."
        )


def _check_finite(name: str, array: Num[np.ndarray, "rows columns"]) -> None:
    # A NaN or an infinity shows in the extremes, which need no table of booleans.
    if array.size == 0 or (np.isfinite(array.min()) and np.isfinite(array.max())):
        return
    bad = np.argwhere(~np.isfinite(array))
    row, column = map(int, bad[0])
    raise ValueError(
        f"{name} holds {array[row, column]} in row {row}, column {column} "
        f"({len(bad)} such in all); wanted finite numbers. Drop those rows or fill them in."
    )


def _check_classes(classes: object) -> int | None:
    if classes is None:
        return None
    try:
        count = operator.index(classes)  # type: ignore[arg-type]
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"classes is {classes!r}; wanted a whole number of at least 1, or None.")
    return count


def _are_labels(y: np.ndarray, classes: int | None) -> bool:
    """One axis of whole numbers, or of anything when the caller says that there are classes."""
    return y.ndim == 1 and (y.dtype.kind in "iub" or classes is not None)


def _labels(y: np.ndarray, classes: int | None) -> tuple[Int32[np.ndarray, " rows"], int]:
    """Return labels as int32, and the number of classes."""
    if y.dtype.kind not in "iub":
        raise TypeError(
            f"y is {y.dtype}{_first_part(y)}; wanted whole numbers as labels. "
            "Convert labels: y.astype(np.int32); give values to fit without classes."
        )
    largest = int(y.max(initial=0))
    limit = np.iinfo(np.int32).max if classes is None else classes
    _check_range(y, limit, classes)
    return y.astype(np.int32), classes or max(2, largest + 1)


def _first_part(y: np.ndarray) -> str:
    """Point at the first label that is no whole number."""
    if y.dtype.kind != "f":
        return ""
    parts = np.flatnonzero(y != np.floor(y))
    return f", with {y[parts[0]]} in row {parts[0]}" if parts.size else ""


def _check_range(y: Num[np.ndarray, " rows"], limit: int, classes: int | None) -> None:
    wrong = np.flatnonzero((y < 0) | (y >= limit))
    if not wrong.size:
        return
    row = int(wrong[0])
    wanted = (
        "labels from 0 up" if classes is None else f"labels 0..{classes - 1}, {classes} classes"
    )
    raise ValueError(
        f"y holds the label {y[row]} in row {row} ({wrong.size} such in all); wanted {wanted}. "
        "Correct those rows, or number the classes from 0."
    )


def _values(y: np.ndarray, classes: int | None) -> Float[np.ndarray, "rows n_out"]:
    """Return values to fit as a table of floats."""
    whole = y.dtype.kind in "iub"
    table = _floats("y", y.astype(np.float32) if whole else y).reshape(len(y), -1)
    if classes is not None and table.shape[1] != classes:
        raise ValueError(
            f"y has shape {list(y.shape)}, {table.shape[1]} columns for {classes} classes; "
            f"wanted labels [rows] or weights [rows, {classes}]. Labels in a column: y[:, 0]."
        )
    _check_finite("y", table)
    return table
