import numpy as np
import pytest

from functional_nn.datasets import IdxError, load_idx, write_idx

ROWS = {"train": 24, "t10k": 6}
CLASSES = 3


def images(part, rows=None, shape=(2, 3)):
    """Return pictures whose first pixel is their number."""
    pictures = np.full((rows or ROWS[part], *shape), 255, np.uint8)
    pictures[:, 0, 0] = np.arange(len(pictures))
    return pictures


def labels(part, rows=None):
    return (np.arange(rows or ROWS[part]) % CLASSES).astype(np.uint8)


@pytest.fixture
def folder(tmp_path):
    """A small MNIST."""
    folder = tmp_path / "small"
    folder.mkdir()
    for part in ROWS:
        write_idx(folder / f"{part}-images-idx3-ubyte", images(part))
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels(part))
    return folder


def test_the_t10k_files_are_the_test_part(folder):
    splits = load_idx(folder)
    assert [len(part) for part in splits.parts] == [22, 2, 6]
    np.testing.assert_array_equal(splits.test.x, images("t10k").reshape(6, 6) / np.float32(255))
    np.testing.assert_array_equal(splits.test.y, labels("t10k"))


def test_what_comes_back(folder):
    for part in load_idx(folder).parts:
        assert (part.x.dtype, part.y.dtype) == (np.float32, np.int32)
        assert (part.classes, part.name, part.image_shape) == (3, "small", (2, 3))
        assert part.x.max() == 1


def test_train_and_validation_are_the_train_files(folder):
    splits = load_idx(folder, validation=0.25)
    assert [len(part) for part in splits.parts] == [18, 6, 6]
    pictures, drawn = images("train"), []
    for part in (splits.train, splits.validation):
        rows = np.round(part.x[:, 0] * 255).astype(int)
        np.testing.assert_array_equal(part.x * 255, pictures[rows].reshape(len(part), -1))
        np.testing.assert_array_equal(part.y, rows % CLASSES)
        drawn.extend(rows)
    assert sorted(drawn) == list(range(24))
    assert list(np.bincount(splits.validation.y)) == [2, 2, 2]


def test_the_seed_decides_which_rows_validate(folder):
    first, same, other = (load_idx(folder, validation=0.5, seed=s).validation.x for s in (0, 0, 1))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_no_validation(folder):
    assert [len(part) for part in load_idx(folder, validation=0).parts] == [24, 0, 6]


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("separator", ["-", "."])
def test_spellings(folder, separator, end):
    for file in list(folder.iterdir()):
        content = file.read_bytes()
        file.unlink()
        stem, kind = file.name.split("-idx")
        (folder / f"{stem}{separator}idx{kind}{end}").write_bytes(content)
    assert len(load_idx(folder)) == 30


def test_classes_can_be_given(folder):
    assert {part.classes for part in load_idx(folder, classes=47).parts} == {47}


def test_labels_beyond_nine_want_their_number_of_classes(folder, refuses):
    path = folder / "t10k-labels-idx1-ubyte"
    write_idx(path, np.array([0, 1, 10, 2, 26, 0], np.uint8))
    with refuses(
        IdxError,
        f"{path}: found the label 10 in row 2 (2 such in all); wanted labels 0..9. "
        "Fetch the file again, or say how many classes there are: load_idx(folder, classes=47).",
    ):
        load_idx(folder)
    assert load_idx(folder, classes=27).test.y[4] == 26


def test_labels_beyond_the_classes_given(folder, refuses):
    with refuses(
        IdxError,
        f"{folder / 'train-labels-idx1-ubyte'}: found the label 2 in row 2 (8 such in all); "
        "wanted labels 0..1. "
        "Fetch the file again, or say how many classes there are: load_idx(folder, classes=47).",
    ):
        load_idx(folder, classes=2)


@pytest.mark.parametrize("part", ROWS)
@pytest.mark.parametrize(("what", "rank"), [("images", 3), ("labels", 1)])
def test_missing_file(folder, part, what, rank, refuses):
    name = f"{part}-{what}"
    (folder / f"{name}-idx{rank}-ubyte").unlink()
    with refuses(
        IdxError,
        f"{folder}: found no {name} file; wanted one of {name}-idx{rank}-ubyte, "
        f"{name}.idx{rank}-ubyte, {name}-idx{rank}-ubyte.gz, {name}.idx{rank}-ubyte.gz. "
        "Fetch the missing file, or give the folder that has it.",
    ):
        load_idx(folder)


def test_no_folder(folder, refuses):
    with refuses(
        IdxError,
        f"{folder / 'not'}: found nothing; wanted a folder with IDX files. Give the folder's path.",
    ):
        load_idx(folder / "not")
    file = folder / "train-images-idx3-ubyte"
    with refuses(
        IdxError, f"{file}: found a file; wanted a folder with IDX files. Give the folder's path."
    ):
        load_idx(file)


def test_counts_that_differ(folder, refuses):
    path = folder / "train-labels-idx1-ubyte"
    write_idx(path, labels("train", 23))
    with refuses(
        IdxError,
        f"{path}: found 23 labels; wanted 24, one for each image in train-images-idx3-ubyte. "
        "Fetch both files from one source.",
    ):
        load_idx(folder)


def test_pictures_of_two_sizes(folder, refuses):
    path = folder / "t10k-images-idx3-ubyte"
    write_idx(path, images("t10k", shape=(3, 2)))
    with refuses(
        IdxError,
        f"{path}: found images of 3 x 2; wanted 2 x 3 as in the training part. "
        "Take both parts from one data set.",
    ):
        load_idx(folder)


def test_images_and_labels_swapped(folder, refuses):
    path = folder / "train-images-idx3-ubyte"
    write_idx(path, labels("train"))
    with refuses(
        IdxError,
        f"{path}: found 1 axis (first bytes 00 00 08 01); wanted 3 axes. "
        "This is another file than its name says: images and labels swapped?",
    ):
        load_idx(folder)


def test_too_small_to_validate(folder, refuses):
    write_idx(folder / "train-images-idx3-ubyte", images("train", 3))
    write_idx(folder / "train-labels-idx1-ubyte", labels("train", 3))
    with refuses(
        ValueError,
        "0.0833333 of 3 rows leaves the validation part empty; wanted a row at least. "
        "Give 12 rows or more, a larger fraction, or 0 to do without.",
    ):
        load_idx(folder)
