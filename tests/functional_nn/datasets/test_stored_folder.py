"""A folder left on the disk has the rows of the same folder in memory, in the same parts."""

from pathlib import Path

import numpy as np
import pytest

from functional_nn.datasets import IdxError, load_idx, stored_folder, write_idx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for part, rows in (("train", 36), ("t10k", 6)):
        pictures = random.integers(0, 256, (rows, 3, 4), dtype=np.uint8)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", pictures)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.arange(rows, dtype=np.uint8) % 5)
    return tmp_path


@pytest.mark.parametrize("validation", [0, 1 / 12, 0.5])
def test_it_has_the_rows_that_load_idx_has(folder: Path, validation: float) -> None:
    whole = load_idx(folder, validation=validation, seed=3)
    rows, held, test = stored_folder(folder, validation=validation, seed=3)
    assert isinstance(rows.x, np.memmap)
    assert len(rows) == len(whole.train)
    picked = np.array([7, 2, 7, 0])
    pairs = (
        (rows.take(np.arange(len(rows))), whole.train),
        (rows.take(picked), whole.train.select(picked)),
        (rows.select(picked).take(np.array([3, 0])), whole.train.select([0, 7])),
        (held, whole.validation),
        (test, whole.test),
    )
    for ours, theirs in pairs:
        assert np.array_equal(ours.x, theirs.x)
        assert np.array_equal(ours.y, theirs.y)
        assert ours.classes == theirs.classes == 5
    assert test.image_shape == (3, 4)


def test_files_that_do_not_belong_together(folder: Path) -> None:
    write_idx(folder / "train-labels-idx1-ubyte", np.zeros(35, np.uint8))
    with pytest.raises(IdxError, match="35 labels; wanted 36, one for each image"):
        stored_folder(folder)
