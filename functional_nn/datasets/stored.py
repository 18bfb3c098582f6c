"""Rows that stay in their files: mapped into memory, read when they are asked for.

    stored_idx(images, labels)   two IDX files, as MNIST's, unzipped
    stored_npy(x, y)             two .npy files

Pixels (ubyte) become 0..1 when they are read; floats come as they are. Whatever is not a number
comes out where it is read, not here: the files may be larger than the memory.
"""

from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

import numpy as np
from jaxtyping import Int, Num

from functional_nn.datasets.dataset import Dataset
from functional_nn.datasets.idx import header


@dataclass(frozen=True, eq=False)
class Stored:
    """A table of inputs and one of targets, in files.

    Attributes:
        x: Inputs [rows, ...]; further axes are flattened when rows are taken.
        y: Labels [rows], or values [rows, n_out].
        classes: Number of classes; None for values. Left out, the largest label decides.
        name: What messages and reports call it.
        chosen: Which rows of the tables these are, in this order; None for all.
    """

    x: Num[np.ndarray, "rows ..."]
    y: Num[np.ndarray, "rows ..."]
    classes: int | None = None
    name: str = field(default="data")
    chosen: Int[np.ndarray, " chosen"] | None = None

    def __post_init__(self) -> None:
        """Refuse tables that do not belong together."""
        if self.x.ndim < 2 or len(self.x) == 0:
            raise ValueError(
                f"x of {self.name} has shape {list(self.x.shape)}; wanted [rows, features], one "
                "row at least."
            )
        if len(self.x) != len(self.y):
            raise ValueError(
                f"x of {self.name} has {len(self.x)} rows and y has {len(self.y)}; wanted as many."
            )
        if self.classes is None and self.y.ndim == 1 and self.y.dtype.kind in "iu":
            object.__setattr__(self, "classes", max(2, 1 + int(self.y.max())))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.x) if self.chosen is None else len(self.chosen)

    @property
    def n_features(self) -> int:
        """Entries of an input row."""
        return int(np.prod(self.x.shape[1:]))

    def select(self, indices: Int[np.ndarray, " picked"]) -> "Stored":
        """Return some rows, left in their files."""
        return replace(self, chosen=indices if self.chosen is None else self.chosen[indices])

    def take(self, indices: Int[np.ndarray, " picked"]) -> Dataset:
        """Return some rows, read from the files and checked.

        Raises:
            ValueError: If a number in them is not finite, or a label out of range.
        """
        indices = indices if self.chosen is None else self.chosen[indices]
        order = np.argsort(indices, kind="stable")  # a disk is read forwards
        back = np.argsort(order, kind="stable")
        x, y = (np.asarray(table[indices[order]])[back] for table in (self.x, self.y))
        x = x.reshape(len(x), self.n_features)
        x = np.divide(x, 255, dtype=np.float32) if x.dtype == np.uint8 else x
        return Dataset(x, y, self.classes, self.name)


def stored_idx(
    images: str | PathLike[str], labels: str | PathLike[str], classes: int | None = None
) -> Stored:
    """Return images and labels that stay in their IDX files.

    Raises:
        IdxError: If a file is missing, zipped, truncated, or of another type or rank.
    """
    x = mapped_idx(Path(images), np.uint8, 3)
    y = mapped_idx(Path(labels), np.uint8, 1)
    return Stored(x, y, classes, Path(images).resolve().parent.name)


def stored_npy(
    x: str | PathLike[str], y: str | PathLike[str], classes: int | None = None
) -> Stored:
    """Return inputs and targets that stay in their .npy files.

    Raises:
        ValueError: If a file is missing, damaged, or holds objects.
    """
    return Stored(_mapped_npy(Path(x)), _mapped_npy(Path(y)), classes, Path(x).stem)


def mapped_idx(path: Path, dtype: type[np.generic], rank: int) -> np.ndarray:
    """Return the table in an IDX file, left in its file.

    Raises:
        IdxError: If the file is missing, zipped, truncated, or of another type or rank.
    """
    stored, shape, start = header(path, dtype=dtype, rank=rank)
    return np.memmap(path, stored, "r", offset=start, shape=shape)


def _mapped_npy(path: Path) -> np.ndarray:
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(f"{path} cannot be read: {reason}; wanted a .npy file.") from None
    except (ValueError, EOFError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged, or no .npy file of numbers: {reason}.") from None
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "biuf":
        raise ValueError(f"{path} holds no table of numbers; wanted a .npy file of them.")
    return found
