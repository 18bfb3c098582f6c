"""A history row by row: what a file or TensorBoard writes of one epoch."""

from collections.abc import Iterator

from compare.training.history import History


def rows(history: History, begun: int) -> Iterator[dict[str, int | float]]:
    """Yield a row for each epoch after so many; layers are counted from 1: ``dead[1]``."""
    for place in range(begun, len(history)):
        row: dict[str, int | float] = {}
        for name, column in vars(history).items():
            if column.ndim == 1:
                row[name] = column[place].item()
            else:
                layers = enumerate(column[place].tolist(), start=1)
                row.update({f"{name}[{layer}]": value for layer, value in layers})
        yield row
