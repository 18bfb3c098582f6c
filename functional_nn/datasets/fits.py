"""Whether a data set fits a network and a batch: asked once, before training."""

import operator
from collections.abc import Sequence

from functional_nn.datasets.dataset import Dataset, Splits


def fits(
    data: Dataset | Splits, sizes: Sequence[int], loss: str, batch_size: object = None
) -> None:
    """Refuse data that a network of these sizes cannot be trained on.

    Args:
        data: What to train on; of splits, the train part.
        sizes: Units of each layer, input and output included.
        loss: Name of the loss.
        batch_size: Rows of one step; None leaves it unchecked.

    Raises:
        TypeError: If the batch size is not a whole number.
        ValueError: If there are no rows, the first size is not the number of features, the last
            not what the targets need, or a batch has more rows than there are.
    """
    train = data.train if isinstance(data, Splits) else data
    if len(train) == 0:
        raise ValueError(f"{train.name} has no rows to train on; wanted one at least.")
    _check_inputs(train, sizes)
    _check_outputs(train, sizes, loss)
    if batch_size is not None:
        _check_batch(train, batch_size)


def _check_inputs(data: Dataset, sizes: Sequence[int]) -> None:
    if sizes[0] != data.n_features:
        raise ValueError(
            f"sizes {_chain(sizes)} begin with {sizes[0]} inputs and {data.name} has "
            f"{data.n_features} features a row; wanted as many. "
            f"Use {_chain((data.n_features, *sizes[1:]))}."
        )


def _check_outputs(data: Dataset, sizes: Sequence[int], loss: str) -> None:
    outputs, wanted = sizes[-1], data.n_targets
    if outputs == 1 and not data.has_values and wanted <= 2:
        _check_one_output(data, sizes, loss)
    elif outputs != wanted:
        ends = f"{outputs} output" if outputs == 1 else f"{outputs} outputs"
        raise ValueError(
            f"sizes {_chain(sizes)} end with {ends} and {data.name} has {_targets_in_words(data)}; "
            f"wanted as many. Use {_chain((*sizes[:-1], wanted))}{_or_else(data, outputs)}."
        )


def _check_one_output(data: Dataset, sizes: Sequence[int], loss: str) -> None:
    """One output tells two classes apart by a threshold, but not through a softmax."""
    if loss == "softmax_cross_entropy":
        raise ValueError(
            f"sizes {_chain(sizes)} end with one output, whose softmax is always 1; wanted one "
            f"for each of the {data.n_targets} classes of {data.name}. "
            f"Use {_chain((*sizes[:-1], data.n_targets))}, or the loss binary_cross_entropy."
        )


def _check_batch(data: Dataset, batch_size: object) -> None:
    try:
        rows = operator.index(batch_size)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"batch_size is {batch_size!r}; wanted a whole number of rows.") from None
    if not 1 <= rows <= len(data):
        raise ValueError(
            f"batch_size is {rows} and {data.name} has {len(data)} rows to train on; "
            f"wanted 1..{len(data)}."
        )


def _targets_in_words(data: Dataset) -> str:
    if data.has_values:
        return f"{data.n_targets} {'value' if data.n_targets == 1 else 'values'} a row to fit"
    return f"{data.n_targets} {'class' if data.n_targets == 1 else 'classes'}"


def _or_else(data: Dataset, outputs: int) -> str:
    """What else the caller may have meant by targets of this kind."""
    if data.has_values and data.n_targets == 1:
        return ", or give class labels as integers: y.astype(np.int32)"
    if not data.has_values and outputs == 1:
        return ", or give values to fit as floats: y.astype(np.float32)"
    return ""


def _chain(sizes: Sequence[int]) -> str:
    """Write sizes as a chain: 64-32-10."""
    return "-".join(map(str, sizes))
