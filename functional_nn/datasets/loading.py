"""A data set by its name or its folder."""

import os
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import MappingProxyType

import numpy as np

from functional_nn.datasets.dataset import Dataset, Splits
from functional_nn.datasets.digits import digits
from functional_nn.datasets.idx_folder import load_idx, read_parts
from functional_nn.datasets.playground import playground
from functional_nn.datasets.splits import split
from functional_nn.names import lookup

#: Data sets by name. All but the digits take ``n``, ``noise`` and ``seed``.
datasets: Mapping[str, Callable[..., Dataset]] = MappingProxyType({"digits": digits, **playground})


def load(
    name_or_folder: str | PathLike[str],
    *,
    seed: int = 0,
    fractions: Sequence[float | int] | None = None,
    classes: Sequence[int] | None = None,
) -> Splits:
    """Return a data set in its three parts.

    Args:
        name_or_folder: A name in ``datasets``, or the path of a folder with IDX files.
        seed: Draws the points of a playground set and deals the rows.
        fractions: Shares of train, validation and test. Without them a named set is dealt
            0.8, 0.1, 0.1, and a folder keeps its own test files and validates on a twelfth of the
            others; with them all rows of a folder, its test files too, are dealt anew.
        classes: Labels to keep, called 0, 1, ... in this order; None keeps all.

    Raises:
        ValueError: If there is no such name or folder, or it cannot be split so. ``IdxError``,
            a ValueError, if the folder's files are not in order.
    """
    splits = _load(name_or_folder, seed, fractions)
    return splits if classes is None else splits.only(classes)


def _load(
    name_or_folder: str | PathLike[str], seed: int, fractions: Sequence[float | int] | None
) -> Splits:
    if not _is_folder(name_or_folder):
        name = str(name_or_folder)
        dataset = datasets[name](seed=seed) if name in playground else _named(name)()
        return split(dataset, (0.8, 0.1, 0.1) if fractions is None else fractions, seed)
    if fractions is None:
        return load_idx(name_or_folder, seed=seed)
    return split(_joined(*read_parts(name_or_folder)), fractions, seed)


def _is_folder(given: str | PathLike[str]) -> bool:
    """Whether a path is meant: no known name, but a path by type or spelling, or one that is there.

    A folder called as a data set is still reached as ``./digits``.
    """
    if not isinstance(given, str):
        return True
    spelt_so = "/" in given or os.sep in given
    return given not in datasets and (spelt_so or (given != "" and Path(given).exists()))


def _named(name: str) -> Callable[..., Dataset]:
    try:
        return lookup("data set", name, datasets)
    except ValueError as error:
        found = f"; no folder {name!r} is here" if name else ""
        raise ValueError(f"{error}; or a folder with IDX files, as MNIST's{found}") from None


def _joined(first: Dataset, second: Dataset) -> Dataset:
    """Return the rows of both, one after the other."""
    x, y = (np.concatenate(pair) for pair in ((first.x, second.x), (first.y, second.y)))
    return Dataset(x, y, first.classes, first.name, first.image_shape, first.class_names)
