import numpy as np
import pytest

from functional_nn.datasets import Dataset, Splits, fits

X = np.zeros((6, 4), np.float32)
TEN = Dataset(X, [0, 9, 1, 2, 3, 4], name="ten")
TWO = Dataset(X, [0, 1, 0, 1, 0, 1], name="two")
ONE_VALUE = Dataset(X, X[:, :1], name="height")
VALUES = Dataset(X, X[:, :3], name="colour")
SOFTMAX, BINARY, SQUARES = "softmax_cross_entropy", "binary_cross_entropy", "half_squared_error"


@pytest.mark.parametrize(
    ("data", "sizes", "loss"),
    [
        (TEN, (4, 7, 10), SOFTMAX),
        (TEN, (4, 10), SQUARES),
        (TWO, (4, 7, 2), SOFTMAX),
        (TWO, (4, 7, 1), BINARY),
        (TWO, (4, 7, 1), SQUARES),
        (TWO, (4, 7, 1), "hinge"),
        (ONE_VALUE, (4, 7, 1), SQUARES),
        (VALUES, (4, 7, 3), SQUARES),
        (Splits(TEN, TEN, TEN.select([])), (4, 7, 10), SOFTMAX),
    ],
)
def test_fit(data, sizes, loss):
    fits(data, sizes, loss)
    fits(data, list(sizes), loss, batch_size=1)
    fits(data, sizes, loss, batch_size=np.int64(6))


#   data, sizes, loss, message
MISFITS = {
    "inputs": (
        TEN, (5, 7, 10), SOFTMAX,
        ("sizes 5-7-10 begin with 5 inputs and ten has 4 features a row; wanted as many. "
        "Use 4-7-10."),
    ),
    "too few outputs": (
        TEN, (4, 7, 9), SOFTMAX,
        "sizes 4-7-9 end with 9 outputs and ten has 10 classes; wanted as many. Use 4-7-10.",
    ),
    "too many outputs": (
        TWO, (4, 3), BINARY,
        "sizes 4-3 end with 3 outputs and two has 2 classes; wanted as many. Use 4-2.",
    ),
    "one output for many classes": (
        TEN, (4, 1), SQUARES,
        ("sizes 4-1 end with 1 output and ten has 10 classes; wanted as many. "
        "Use 4-10, or give values to fit as floats: y.astype(np.float32)."),
    ),
    "one output under a softmax": (
        TWO, (4, 7, 1), SOFTMAX,
        ("sizes 4-7-1 end with one output, whose softmax is always 1; wanted one for each of the "
        "2 classes of two. Use 4-7-2, or the loss binary_cross_entropy."),
    ),
    "labels given as floats": (
        ONE_VALUE, (4, 10), SOFTMAX,
        ("sizes 4-10 end with 10 outputs and height has 1 value a row to fit; wanted as many. "
        "Use 4-1, or give class labels as integers: y.astype(np.int32)."),
    ),
    "values": (
        VALUES, (4, 2), SQUARES,
        ("sizes 4-2 end with 2 outputs and colour has 3 values a row to fit; wanted as many. "
        "Use 4-3."),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sizes", "loss", "message"), MISFITS.values(), ids=MISFITS)
def test_misfit(data, sizes, loss, message, refuses):
    with refuses(ValueError, message):
        fits(data, sizes, loss)


@pytest.mark.parametrize(
    ("batch_size", "error", "message"),
    [
        (7, ValueError, "batch_size is 7 and ten has 6 rows to train on; wanted 1..6."),
        (0, ValueError, "batch_size is 0 and ten has 6 rows to train on; wanted 1..6."),
        (2.0, TypeError, "batch_size is 2.0; wanted a whole number of rows."),
        (-1, ValueError, "batch_size is -1 and ten has 6 rows to train on; wanted 1..6."),
    ],
)
def test_batch(batch_size, error, message, refuses):
    with refuses(error, message):
        fits(TEN, (4, 10), SOFTMAX, batch_size)


def test_batch_counts_the_rows_to_train_on(refuses):
    with refuses(ValueError, "batch_size is 3 and ten has 2 rows to train on; wanted 1..2."):
        fits(Splits(TEN.select([0, 1]), TEN, TEN), (4, 10), SOFTMAX, 3)


def test_no_rows(refuses):
    with refuses(ValueError, "ten has no rows to train on; wanted one at least."):
        fits(TEN.select([]), (4, 10), SOFTMAX)
