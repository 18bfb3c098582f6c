import numpy as np
import pytest

from functional_nn.datasets import IdxError, datasets, load, write_idx


@pytest.fixture
def folder(tmp_path):
    """Twenty training pictures and ten more, labels 0 to 4."""
    folder = tmp_path / "small"
    folder.mkdir()
    for part, rows in (("train", 20), ("t10k", 10)):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", np.full((rows, 2, 2), rows, np.uint8))
        labels = (np.arange(rows) % 5).astype(np.uint8)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    return folder


def test_names():
    assert set(datasets) == {"digits", "circles", "xor", "gaussians", "spirals", "moons"}


@pytest.mark.parametrize("name", datasets)
def test_by_name(name):
    splits = load(name)
    whole = datasets[name]()
    assert splits.train.name == name
    assert len(splits) == len(whole)
    assert [len(part) for part in splits.parts] == pytest.approx(
        [0.8 * len(whole), 0.1 * len(whole), 0.1 * len(whole)], abs=1
    )


def test_the_seed_draws_and_deals():
    assert not np.array_equal(np.sort(load("xor").train.x), np.sort(load("xor", seed=1).train.x))
    assert not np.array_equal(load("digits").test.x, load("digits", seed=1).test.x)
    np.testing.assert_array_equal(load("moons", seed=2).test.x, load("moons", seed=2).test.x)


def test_fractions():
    assert [len(part) for part in load("moons", fractions=(0.5, 0.25, 0.25)).parts] == [
        500, 250, 250,
    ]  # fmt: skip


def test_zeros_against_ones():
    splits = load("digits", classes=(0, 1))
    assert len(splits) == 178 + 182
    assert {part.classes for part in splits.parts} == {2}
    assert splits.test.class_names == ("0", "1")


@pytest.mark.parametrize("form", [str, lambda path: path], ids=["text", "path"])
def test_by_folder(folder, form):
    splits = load(form(folder))
    assert [len(part) for part in splits.parts] == [18, 2, 10]
    assert splits.train.name == "small"


def test_by_folder_and_labels(folder):
    splits = load(folder, classes=(4, 2))
    assert list(splits.test.y) == [1, 0, 1, 0]  # labels 2, 4, 2, 4
    assert splits.test.class_names == ("4", "2")


def test_fractions_deal_a_folder_anew(folder):
    splits = load(folder, fractions=(0.8, 0.1, 0.1))
    assert [len(part) for part in splits.parts] == [24, 3, 3]
    assert len({*splits.test.x[:, 0], *splits.train.x[:, 0]}) == 2  # both files' rows are in


def test_by_relative_folder(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert len(load("small")) == len(load("./small")) == 30


def test_a_known_name_is_no_folder(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    folder.rename(folder.parent / "digits")
    assert len(load("digits")) == 1797
    assert len(load("./digits")) == 30


@pytest.mark.parametrize(
    ("name", "hint"),
    [("digit", "did you mean 'digits'? "), ("Spiral", "did you mean 'spirals'? "), ("", "")],
)
def test_unknown_name(name, hint, refuses):
    with refuses(
        ValueError,
        f"unknown data set {name!r}; {hint}known: circles, digits, gaussians, moons, spirals, xor; "
        "or a folder with IDX files, as MNIST's"
        + (f"; no folder {name!r} is here" if name else ""),
    ):
        load(name)


def test_unknown_folder(tmp_path, refuses):
    with refuses(
        IdxError,
        f"{tmp_path}/not: found nothing; wanted a folder with IDX files. Give the folder's path.",
    ):
        load(f"{tmp_path}/not")
