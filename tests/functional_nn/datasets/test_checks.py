import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.datasets import validate

X = np.array([[0.5, 1.0], [1.5, -2.0], [2.5, 0.0]], np.float32)
Y = np.array([0, 2, 1])


def with_entry(array, row, column, value):
    changed = array.copy()
    changed[row, column] = value
    return changed


ONE_A_ROW = "Give one label, or one row of values, for each row of x."
TO_FLOAT = "Convert it: x.astype(np.float32); pixels of 0..255 also want to be divided by 255."
DROP = "Drop those rows or fill them in."
RENUMBER = "Correct those rows, or number the classes from 0."

#              x, y, classes, error, message
REFUSED = {
    "no rows": (X[:0], Y[:0], None, ValueError, "x has shape [0, 2]: no rows. Give at least one."),
    "no features": (
        X[:, :0], Y, None, ValueError,
        "x has shape [3, 0]: no features. Give at least one column.",
    ),
    "one axis": (
        X[:, 0], Y, None, ValueError,
        "x has shape [3]; wanted [rows, features]. One feature: x[:, None].",
    ),
    "pictures": (
        X.reshape(3, 2, 1), Y, None, ValueError,
        "x has shape [3, 2, 1]; wanted [rows, features]. Flatten rows: x.reshape(len(x), -1).",
    ),
    "ragged": (
        [[0.5, 1.0], [1.5]], Y, None, ValueError,
        "x is not a table: its rows differ in length. Give every row as many entries.",
    ),
    "integers": (
        X.astype(np.int64), Y, None, TypeError,
        f"x is int64; wanted floats, such as float32. {TO_FLOAT}",
    ),
    "pixels": (
        X.astype(np.uint8, casting="unsafe"), Y, None, TypeError,
        f"x is uint8; wanted floats, such as float32. {TO_FLOAT}",
    ),
    "booleans": (
        X > 1, Y, None, TypeError,
        "x is bool; wanted floats, such as float32. Convert it: x.astype(np.float32).",
    ),
    "complex": (
        X.astype(np.complex64), Y, None, TypeError,
        ("x is complex64; wanted floats, such as float32. "
        "Make columns of its parts: np.hstack([x.real, x.imag])."),
    ),
    "words": (
        X.astype(str), Y, None, TypeError,
        "x is <U32; wanted floats, such as float32. Turn each column into numbers first.",
    ),
    "objects": (
        X.astype(object), Y, None, TypeError,
        "x is object; wanted floats, such as float32. Turn each column into numbers first.",
    ),
    "nan": (
        with_entry(X, 1, 0, np.nan), Y, None, ValueError,
        f"x holds nan in row 1, column 0 (1 such in all); wanted finite numbers. {DROP}",
    ),
    "inf": (
        with_entry(with_entry(X, 2, 1, -np.inf), 0, 1, np.inf), Y, None, ValueError,
        f"x holds inf in row 0, column 1 (2 such in all); wanted finite numbers. {DROP}",
    ),
    "fewer targets": (
        X, Y[:2], None, ValueError,
        f"x has 3 rows and y has 2; wanted as many. {ONE_A_ROW}",
    ),
    "targets without axis": (
        X, 1, None, ValueError,
        f"y has shape []; wanted labels [rows] or values [rows, n_out]. {ONE_A_ROW}",
    ),
    "targets with three axes": (
        X, np.zeros((3, 2, 1)), None, ValueError,
        f"y has shape [3, 2, 1]; wanted labels [rows] or values [rows, n_out]. {ONE_A_ROW}",
    ),
    "targets without columns": (
        X, np.zeros((3, 0)), None, ValueError,
        f"y has shape [3, 0]; wanted labels [rows] or values [rows, n_out]. {ONE_A_ROW}",
    ),
    "negative label": (
        X, [0, 1, -1], None, ValueError,
        f"y holds the label -1 in row 2 (1 such in all); wanted labels from 0 up. {RENUMBER}",
    ),
    "label out of range": (
        X, [3, 1, 3], 3, ValueError,
        "y holds the label 3 in row 0 (2 such in all); wanted labels 0..2 of 3 classes. "
        + RENUMBER,
    ),
    "huge label": (
        X, [0, 2**40, 1], None, ValueError,
        f"y holds the label {2**40} in row 1 (1 such in all); wanted labels from 0 up. {RENUMBER}",
    ),
    "broken labels": (
        X, [0.0, 1.5, 2.0], 3, TypeError,
        ("y is float64, with 1.5 in row 1; wanted whole numbers as labels. "
        "Convert labels: y.astype(np.int32); give values to fit without classes."),
    ),
    "whole floats as labels": (
        X, [0.0, 1.0, 2.0], 3, TypeError,
        ("y is float64; wanted whole numbers as labels. "
        "Convert labels: y.astype(np.int32); give values to fit without classes."),
    ),
    "words as labels": (
        X, ["cat", "dog", "cat"], None, TypeError,
        ("y is <U3; wanted whole numbers as labels. "
        "Number them: names, y = np.unique(y, return_inverse=True)."),
    ),
    "complex values": (
        X, np.ones((3, 2), np.complex64), None, TypeError,
        ("y is complex64; wanted floats, such as float32. "
        "Make columns of its parts: np.hstack([y.real, y.imag])."),
    ),
    "nan in values": (
        X, with_entry(X, 2, 1, np.nan), None, ValueError,
        f"y holds nan in row 2, column 1 (1 such in all); wanted finite numbers. {DROP}",
    ),
    "labels in a column": (
        X, Y[:, None], 3, ValueError,
        ("y has shape [3, 1], 1 column for 3 classes; "
        "wanted labels [rows] or weights [rows, 3]. Labels in a column: y[:, 0]."),
    ),
    "no classes": (
        X, Y, 0, ValueError, "classes is 0; wanted a whole number of at least 1, or None."
    ),
}  # fmt: skip


@pytest.mark.parametrize(("x", "y", "classes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(x, y, classes, error, message, refuses):
    with refuses(error, message):
        validate(x, y, classes=classes)


#            y, classes given, classes found, dtype, shape
ACCEPTED = {
    "labels": (Y, None, 3, np.int32, (3,)),
    "labels as a list": ([0, 2, 1], None, 3, np.int32, (3,)),
    "labels of a known number of classes": (Y.astype(np.uint8), 10, 10, np.int32, (3,)),
    "one class met": ([0, 0, 0], None, 2, np.int32, (3,)),
    "booleans": ([True, False, True], None, 2, np.int32, (3,)),
    "one value a row": ([0.5, 1.0, -2.0], None, None, np.float64, (3, 1)),
    "values": (X, None, None, np.float32, (3, 2)),
    "whole values": (np.eye(3, dtype=int), None, None, np.float32, (3, 3)),
    "weights of classes": (np.eye(3), 3, 3, np.float64, (3, 3)),
    "jax labels": (jnp.array([0, 2, 1]), None, 3, np.int32, (3,)),
}


@pytest.mark.parametrize(("y", "given", "found", "dtype", "shape"), ACCEPTED.values(), ids=ACCEPTED)
def test_targets_in_their_one_form(y, given, found, dtype, shape):
    _, targets, classes = validate(X, y, classes=given)
    assert (classes, targets.dtype, targets.shape) == (found, dtype, shape)
    np.testing.assert_array_equal(targets.ravel(), np.asarray(y).ravel())


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_stay_what_they_are(dtype):
    x, _, _ = validate(X.astype(dtype), Y)
    assert x.dtype == dtype


def test_bfloat16_widens_exactly():
    x, _, _ = validate(jnp.asarray(X, jnp.bfloat16), Y)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x, X)


def test_no_rows_are_accepted_on_demand():
    x, y, classes = validate(X[:0], Y[:0], classes=3, allow_empty=True)
    assert (x.shape, y.shape, classes) == ((0, 2), (0,), 3)
