"""A folder of four IDX files, as MNIST and Fashion-MNIST come: images and labels, two parts."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32, UInt8

from functional_nn.datasets.dataset import Dataset, Splits
from functional_nn.datasets.idx import IdxError, read_idx
from functional_nn.datasets.labels import check_classes
from functional_nn.datasets.splits import split

#: Labels that files without a word about their classes may hold.
_MOST_CLASSES = 10

#: Called so in the names of the files: rows to learn from, and to test on.
PARTS = ("train", "t10k")

#: Of each part, the file with images and the one with labels.
Files: TypeAlias = Mapping[str, tuple[Path, Path]]


def load_idx(
    folder: str | PathLike[str],
    *,
    validation: float | int = 1 / 12,
    seed: int = 0,
    classes: int | None = None,
) -> Splits:
    """Return the data set in a folder: the ``t10k`` files are the test part.

    The folder holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the same two
    with ``t10k``; each may be spelt ``.idx3-ubyte`` and may end in ``.gz``. Pixels of 0..255
    become 0..1.

    Args:
        folder: Where the files are.
        validation: Share of the training rows to validate on (5000 of MNIST's 60000).
        seed: Decides which rows those are.
        classes: Number of classes. Without it, labels must be in 0..9, and the largest decides.

    Raises:
        IdxError: If a file is missing, damaged, or does not fit the other three.
        ValueError: If the share is not from 0 to below 1, or leaves a part without rows.
    """
    train, test = read_parts(folder, classes=classes)
    parts = split(train, (1 - validation, validation, 0), seed)
    return Splits(parts.train, parts.validation, test)


def read_parts(
    folder: str | PathLike[str], *, classes: int | None = None
) -> tuple[Dataset, Dataset]:
    """Return the rows of the ``train`` and of the ``t10k`` files, in the files' order.

    Args and errors are those of ``load_idx``.
    """
    folder, files = find_files(folder)
    images = {part: read_idx(path, dtype=np.uint8, rank=3) for part, (path, _) in files.items()}
    labels = {part: read_idx(path, dtype=np.uint8, rank=1) for part, (_, path) in files.items()}
    count = check_parts(files, images, labels, classes)
    train, test = (
        Dataset(scaled(images[part]), labels[part], count, folder.name, images[part].shape[1:])
        for part in PARTS
    )
    return train, test


def find_files(folder: str | PathLike[str]) -> tuple[Path, Files]:
    """Return a folder, its links followed, and the files with images and labels of each part.

    Raises:
        IdxError: If there is no such folder, or a file is missing.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing"
        raise IdxError(folder, found, "a folder with IDX files", "Give the folder's path.")
    files = {
        part: (_find(folder, f"{part}-images", 3), _find(folder, f"{part}-labels", 1))
        for part in PARTS
    }
    return folder.resolve(), files


def check_parts(
    files: Files,
    images: Mapping[str, np.ndarray],
    labels: Mapping[str, np.ndarray],
    classes: int | None,
) -> int:
    """Return the number of classes, once the four files belong together.

    Raises:
        IdxError: If they do not.
    """
    classes = check_classes(classes)
    for part, paths in files.items():
        _check_counts(*paths, len(images[part]), len(labels[part]))
        _check_labels(paths[1], labels[part], classes)
    _check_shapes(files["t10k"][0], images["t10k"].shape[1:], images["train"].shape[1:])
    return classes or max(2, 1 + max(int(each.max()) for each in labels.values()))


def _find(folder: Path, stem: str, rank: int) -> Path:
    """Return the first file there is of the four spellings of a name."""
    names = [f"{stem}{sep}idx{rank}-ubyte{end}" for end in ("", ".gz") for sep in "-."]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise IdxError(
        folder,
        f"no {stem} file",
        f"one of {', '.join(names)}",
        "Fetch the missing file, or give the folder that has it.",
    )


def _check_counts(images: Path, labels: Path, n_images: int, n_labels: int) -> None:
    if n_images != n_labels:
        found, wanted = f"{n_labels} labels", f"{n_images}, one for each image in {images.name}"
        raise IdxError(labels, found, wanted, "Fetch both files from one source.")


def _check_labels(path: Path, labels: UInt8[np.ndarray, " rows"], classes: int | None) -> None:
    limit = classes or _MOST_CLASSES
    wrong = np.flatnonzero(labels >= limit)
    if wrong.size:
        row = int(wrong[0])
        found = f"the label {labels[row]} in row {row} ({wrong.size} such in all)"
        todo = (
            "Fetch the file again, or say how many classes there are: load_idx(folder, classes=47)."
        )
        raise IdxError(path, found, f"labels 0..{limit - 1}", todo)


def _check_shapes(path: Path, test: tuple[int, ...], train: tuple[int, ...]) -> None:
    if test != train:
        found, wanted = ("{} x {}".format(*shape) for shape in (test, train))
        todo = "Take both parts from one data set."
        raise IdxError(path, f"images of {found}", f"{wanted} as in the training part", todo)


def scaled(images: UInt8[np.ndarray, "rows height width"]) -> Float32[np.ndarray, "rows features"]:
    """Return pixels as 0..1, one image a row."""
    return np.divide(images.reshape(len(images), -1), 255, dtype=np.float32)
