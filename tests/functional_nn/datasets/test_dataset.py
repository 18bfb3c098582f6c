import dataclasses

import numpy as np
import pytest

from functional_nn.datasets import Dataset, Splits

X = np.arange(12, dtype=np.float32).reshape(6, 2)
LABELED = Dataset(X, [2, 0, 1, 2, 0, 2], name="pets", class_names=("ape", "bee", "cat"))
VALUES = Dataset(X, X[:, :1] / 2, name="height")


def test_labels_in_brief():
    assert len(LABELED) == 6
    assert (LABELED.n_features, LABELED.n_targets, LABELED.classes) == (2, 3, 3)
    assert not LABELED.has_values
    assert repr(LABELED) == "Dataset('pets': 6 rows, 2 features, 3 classes)"


def test_values_in_brief():
    assert (VALUES.n_features, VALUES.n_targets, VALUES.classes) == (2, 1, None)
    assert VALUES.has_values
    assert repr(VALUES) == "Dataset('height': 6 rows, 2 features, 1 value)"
    assert repr(Dataset(X, X)) == "Dataset('data': 6 rows, 2 features, 2 values)"


def test_pictures_in_brief():
    data = dataclasses.replace(LABELED, image_shape=(1, 2))
    assert repr(data) == "Dataset('pets': 6 rows, 2 features (1 x 2 image), 3 classes)"


def test_rows_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        LABELED.x[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        LABELED.y[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        LABELED.classes = 4
    assert X.flags.writeable  # the caller's own array is left alone


@pytest.mark.parametrize(
    "picked", [[5, 0, 5], np.array([5, 0, 5]), range(1, 3), slice(1, 3), []], ids=str
)
def test_select_keeps_the_order(picked):
    rows = picked if isinstance(picked, slice) else np.array(picked, dtype=int)
    data = LABELED.select(picked)
    np.testing.assert_array_equal(data.x, X[rows])
    np.testing.assert_array_equal(data.y, LABELED.y[rows])
    assert (data.classes, data.name, data.class_names) == (3, "pets", LABELED.class_names)


def test_select_what_is_not_there():
    with pytest.raises(IndexError, match="index 6 is out of bounds"):
        LABELED.select([6])


def test_select_by_a_mask():
    assert list(LABELED.select(LABELED.y < 2).y) == [0, 1, 0]


def test_only_relabels_in_the_order_given():
    data = LABELED.only((2, 0))
    np.testing.assert_array_equal(data.x, X[[0, 1, 3, 4, 5]])
    np.testing.assert_array_equal(data.y, [0, 1, 0, 1, 0])
    assert (data.classes, data.class_names, data.name) == (2, ("cat", "ape"), "pets")


def test_only_names_classes_by_their_label_at_least():
    assert Dataset(X, [2, 0, 1, 2, 0, 2]).only((1, 2)).class_names == ("1", "2")


@pytest.mark.parametrize("asked", [(), (0, 3), (-1, 0), (1, 1)], ids=str)
def test_only_of_what_is_not_there(asked, refuses):
    with refuses(
        ValueError,
        f"asked for the labels {list(asked)} of pets; wanted some of 0..2, each once.",
    ):
        LABELED.only(asked)


def test_only_of_values(refuses):
    with refuses(
        ValueError,
        "height has values to fit, not labels; wanted labels to keep some of. "
        "Pick rows with select(indices).",
    ):
        VALUES.only((0, 1))


def test_image_shape_must_fit(refuses):
    with refuses(
        ValueError,
        "image_shape is 2 x 2 = 4 pixels and x has 2 features; wanted as many. "
        "Give (height, width) of one row, or None.",
    ):
        Dataset(X, LABELED.y, image_shape=(2, 2))


@pytest.mark.parametrize(("y", "classes"), [(LABELED.y, "3"), (VALUES.y, "no")])
def test_class_names_must_fit(y, classes, refuses):
    with refuses(
        ValueError,
        f"class_names has 2 names for {classes} classes; wanted one for each. "
        "Give them in the order of the labels, or None.",
    ):
        Dataset(X, y, class_names=("ape", "bee"))


def test_bad_rows_are_refused_when_made():
    with pytest.raises(ValueError, match="x holds nan in row 0, column 1"):
        Dataset(np.array([[0, np.nan]]), [0])


def test_splits_in_brief():
    splits = Splits(LABELED, LABELED.select([1]), LABELED.select([]))
    assert len(splits) == 7
    assert splits.parts == (splits.train, splits.validation, splits.test)
    assert repr(splits) == f"Splits(6 train, 1 validation, 0 test; train: {LABELED!r})"


def test_splits_keep_some_labels_in_each_part():
    splits = Splits(LABELED, LABELED.select([1, 2]), LABELED.select([2])).only((0, 2))
    assert [list(part.y) for part in splits.parts] == [[1, 0, 1, 0, 1], [0], []]
    assert {part.class_names for part in splits.parts} == {("ape", "cat")}


@pytest.mark.parametrize(
    ("stranger", "message"),
    [
        (
            Dataset(X[:, :1], LABELED.y),
            "the train part has n_features 2 and the test part 1",
        ),
        (
            Dataset(X, LABELED.y, classes=4),
            "the train part has classes 3 and the test part 4",
        ),
        (VALUES, "the train part has classes 3 and the test part None"),
    ],
)
def test_splits_of_strangers(stranger, message, refuses):
    with refuses(
        ValueError, f"{message}; wanted parts of one data set. Make them with split(dataset)."
    ):
        Splits(LABELED, LABELED, stranger)
