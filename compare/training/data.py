"""Data as the caller has it, checked, then put on the device in the dtype of the run."""

from typing import Any, NamedTuple, TypeAlias

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from functional_nn import MLP, targets
from functional_nn.datasets import Dataset, Splits, fits

#: Three parts, one, or inputs with targets.
DataLike: TypeAlias = Splits | Dataset | tuple[Any, Any]


class Rows(NamedTuple):
    """Inputs and targets on the device."""

    x: Float[Array, "rows n_in"]
    y: Array

    def batch(self, pick: Int[Array, " batch"]) -> "Rows":
        """Return the rows picked."""
        return Rows(self.x[pick], self.y[pick])


class Data(NamedTuple):
    """What a run reads.

    Attributes:
        train: Rows to learn from.
        validation: Rows to judge by; None when there are none.
    """

    train: Rows
    validation: Rows | None


def splits_of(mlp: MLP, data: DataLike, batch_size: int | None = None) -> Splits:
    """Return train, validation and test parts that fit the network; the last two may be empty.

    Raises:
        TypeError: If the data are of another kind, or inputs are not floats.
        ValueError: If a part does not fit the network, its loss, or the batch.
    """
    splits = _splits(mlp, data)
    fits(splits, mlp.sizes, mlp.loss_name, batch_size)
    for part in splits.parts:
        if len(part):
            targets.check(mlp.loss_name, part.y, len(part), mlp.sizes[-1])
    return splits


def classes_for(y: Any, outputs: int) -> int | None:
    """Return as many classes as a network has outputs, for labels; None for anything else."""
    labels = np.ndim(y) == 1 and np.asarray(y).dtype.kind in "iub"
    return outputs if labels and outputs > 1 else None


def _splits(mlp: MLP, data: DataLike) -> Splits:
    if isinstance(data, Splits):
        return data
    if isinstance(data, (tuple, list)) and len(data) == 2:
        x, y = data
        data = Dataset(x, y, classes=classes_for(y, mlp.sizes[-1]))
    if isinstance(data, Dataset):
        nothing = data.select(slice(0, 0))
        return Splits(data, nothing, nothing)
    raise TypeError(
        f"data are a {type(data).__name__}; wanted Splits, a Dataset, or a pair (x, y)."
    )


def on_device(splits: Splits, dtype: np.dtype[Any]) -> Data:
    """Return training and validation rows on the device.

    Raises:
        ValueError: If a number is too large for the dtype, in the test part too: better now than
            after training.
    """
    check_range(splits.test, dtype)
    held = rows_of(splits.validation, dtype) if len(splits.validation) else None
    return Data(rows_of(splits.train, dtype), held)


def rows_of(dataset: Dataset, dtype: np.dtype[Any]) -> Rows:
    """Return one part on the device.

    Raises:
        ValueError: If a number is too large for the dtype.
    """
    check_range(dataset, dtype)
    y = dataset.y if dataset.y.dtype.kind == "i" else dataset.y.astype(dtype)
    return Rows(jnp.asarray(dataset.x, dtype), jnp.asarray(y))


def check_range(dataset: Dataset, dtype: np.dtype[Any]) -> None:
    """Refuse numbers that would become infinite."""
    largest = float(jnp.finfo(dtype).max)
    for name, table in (("x", dataset.x), ("y", dataset.y)):
        if table.size and max(float(table.max()), -float(table.min())) > largest:
            row, *column = map(int, np.argwhere(np.abs(table.astype(np.float64)) > largest)[0])
            raise ValueError(
                f"{name} holds {table[row, *column]} in row {row}, column {column[0]}, too large "
                f"for {dtype.name}; scale the data, or train in a wider dtype."
            )
