"""Data in the three forms training takes, and what is refused."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from compare.training.data import on_device, rows_of, splits_of
from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits

X, Y = np.linspace(-1, 1, 30, dtype=np.float32).reshape(6, 5), np.array([0, 1, 1, 0, 1, 0])
FLOAT32 = np.dtype(np.float32)


def test_a_pair_is_a_training_part(mlp: MLP) -> None:
    splits = splits_of(mlp, (X, Y))
    assert list(map(len, splits.parts)) == [6, 0, 0]
    assert splits.train.classes == 3, "the network's outputs, not the largest label, say so"


def test_values_for_one_output() -> None:
    splits = splits_of(MLP((5, 1), loss="half_squared_error"), (X, Y.astype(np.float32)))
    assert splits.train.has_values


def test_splits_and_data_sets_are_taken_as_they_are(mlp: MLP, blobs: Splits) -> None:
    assert splits_of(mlp, blobs) is blobs
    assert splits_of(mlp, blobs.train).train is blobs.train


def test_no_validation_rows_are_none(mlp: MLP) -> None:
    data = on_device(splits_of(mlp, (X, Y)), np.dtype(jnp.bfloat16))
    assert data.validation is None
    assert data.train.x.dtype == jnp.bfloat16
    assert data.train.y.dtype == jnp.int32


REFUSED = [
    pytest.param(
        (X[:0], Y[:0]), ValueError, "data has no rows to train on; wanted one at least.", id="empty"
    ),
    pytest.param(
        (X[:, :4], Y),
        ValueError,
        "sizes 5-7-3 begin with 5 inputs and data has 4 features a row; wanted as many. Use 4-7-3.",
        id="features",
    ),
    pytest.param(
        (X, Y * 3),
        ValueError,
        "y holds the label 3 in row 1 (3 such in all); wanted labels 0..2 of 3 classes. "
        "Correct those rows, or number the classes from 0.",
        id="label",
    ),
    pytest.param(
        (np.where(X[2, 3] == X, np.nan, X), Y),
        ValueError,
        "x holds nan in row 2, column 3 (1 such in all); wanted finite numbers. "
        "Drop those rows or fill them in.",
        id="nan",
    ),
    pytest.param(
        {"x": X},
        TypeError,
        "data are a dict; wanted Splits, a Dataset, or a pair (x, y).",
        id="another kind",
    ),
]


@pytest.mark.parametrize(("data", "error", "message"), REFUSED)
def test_refused(
    data: object, error: type[Exception], message: str, mlp: MLP, refuses: Callable
) -> None:
    from jaxtyping import TypeCheckError

    if isinstance(data, dict):  # the annotation says it first while testing
        with pytest.raises(TypeCheckError):
            splits_of(mlp, data)
        return
    with refuses(error, message):
        splits_of(mlp, data)


def test_a_batch_of_more_rows_than_there_are(mlp: MLP, refuses: Callable) -> None:
    with refuses(ValueError, "batch_size is 7 and data has 6 rows to train on; wanted 1..6."):
        splits_of(mlp, (X, Y), 7)


def test_values_the_loss_cannot_take(refuses: Callable) -> None:
    mlp = MLP((5, 1), loss="binary_cross_entropy")
    message = (
        "target 2.0 in row 1, output 0 does not suit binary_cross_entropy; "
        "its targets are within 0 and 1"
    )
    with refuses(ValueError, message):
        splits_of(mlp, (X, 2 * Y[:, None].astype(np.float32)))


def test_numbers_too_large_for_the_dtype(refuses: Callable) -> None:
    data = Dataset(np.where(X[4, 0] == X, 70_000, X).astype(np.float32), Y)
    message = (
        "x holds 70000.0 in row 4, column 0, too large for float16; "
        "scale the data, or train in float32."
    )
    with refuses(ValueError, message):
        rows_of(data, np.dtype(np.float16))
    assert rows_of(data, FLOAT32).x.dtype == FLOAT32
