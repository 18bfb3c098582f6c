"""A folder of four IDX files whose rows to learn from stay where they are."""

from os import PathLike

import numpy as np

from functional_nn.datasets.dataset import Dataset
from functional_nn.datasets.idx import read_idx
from functional_nn.datasets.idx_folder import check_parts, find_files, scaled
from functional_nn.datasets.splits import dealt
from functional_nn.datasets.stored import Stored, mapped_idx


def stored_folder(
    folder: str | PathLike[str],
    *,
    validation: float | int = 1 / 12,
    seed: int = 0,
    classes: int | None = None,
) -> tuple[Stored, Dataset, Dataset]:
    """Return the rows that ``load_idx`` does, those to learn from mapped, the others read.

    Held in memory are all labels, the share to validate on and the test part.

    Args:
        folder: As ``load_idx`` takes it; the images to learn from unzipped.
        validation: Share of the training rows to validate on.
        seed: Decides which rows those are.
        classes: Number of classes; the largest label decides where left out.

    Raises:
        IdxError: If a file is missing, damaged, zipped, or does not fit the other three.
        ValueError: If the share is not from 0 to below 1, or leaves a part without rows.
    """
    folder, files = find_files(folder)
    images = {
        "train": mapped_idx(files["train"][0], np.uint8, 3),
        "t10k": read_idx(files["t10k"][0], dtype=np.uint8, rank=3),
    }
    labels = {part: read_idx(path, dtype=np.uint8, rank=1) for part, (_, path) in files.items()}
    count = check_parts(files, images, labels, classes)
    rows = Stored(images["train"], labels["train"], count, folder.name)
    train, held, _ = dealt(len(rows), labels["train"], (1 - validation, validation, 0), seed)
    shape = images["t10k"].shape[1:]
    test = Dataset(scaled(images["t10k"]), labels["t10k"], count, folder.name, shape)
    return rows.select(train), rows.take(held), test
