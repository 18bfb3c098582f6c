"""What rows must be before any work is done with them; otherwise an error that says why not.

    x    floats [rows, features], all finite
    y    whole-number labels [rows], each in 0..classes-1
         or finite values [rows, n_out]; one column may come as floats [rows]

Every message says what was given, what was wanted and what to do about it.
"""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int32

from functional_nn.datasets.labels import are_labels, as_labels, check_classes
from functional_nn.datasets.tables import as_array, as_floats, check_finite

#: Labels of each row, or values to fit.
Targets: TypeAlias = Int32[np.ndarray, " rows"] | Float[np.ndarray, "rows n_out"]


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
    inputs = as_floats("x", as_array("x", x))
    targets = as_array("y", y)
    _check_shapes(inputs, targets)
    if not allow_empty and len(inputs) == 0:
        raise ValueError(f"x has shape {list(inputs.shape)}: no rows. Give at least one.")
    check_finite("x", inputs)
    count = check_classes(classes)
    if are_labels(targets, count):
        return inputs, *as_labels(targets, count)
    return inputs, _values(targets, count), count


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


def _values(y: np.ndarray, classes: int | None) -> Float[np.ndarray, "rows n_out"]:
    """Return values to fit as a table of floats."""
    table = as_floats("y", y.astype(np.float32) if y.dtype.kind in "iub" else y)
    table = table[:, None] if table.ndim == 1 else table
    if classes is not None and table.shape[1] != classes:
        columns = "1 column" if table.shape[1] == 1 else f"{table.shape[1]} columns"
        raise ValueError(
            f"y has shape {list(y.shape)}, {columns} for {classes} classes; "
            f"wanted labels [rows] or weights [rows, {classes}]. Labels in a column: y[:, 0]."
        )
    check_finite("y", table)
    return table
