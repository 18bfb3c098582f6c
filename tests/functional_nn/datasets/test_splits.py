import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functional_nn.datasets import Dataset, split


def numbered(labels, classes=5):
    """Rows that carry their own number."""
    return Dataset(np.arange(len(labels), dtype=np.float32)[:, None], labels, classes)


def rows(dataset):
    return dataset.x[:, 0].astype(int)


@st.composite
def deals(draw):
    labels = draw(st.lists(st.integers(0, 4), min_size=1, max_size=120))
    weights = draw(st.tuples(st.integers(1, 20), st.integers(0, 20), st.integers(0, 20)))
    shares = tuple(weight / sum(weights) for weight in weights)
    assume(all(share == 0 or share * len(labels) >= 1 for share in shares))
    return np.array(labels, np.int32), shares, draw(st.integers(0, 9)), draw(st.booleans())


@given(deals())
def test_every_row_lands_in_one_part_of_the_right_size(deal):
    labels, shares, seed, stratify = deal
    splits = split(numbered(labels), shares, seed, stratify=stratify)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([rows(part) for part in splits.parts])), np.arange(len(labels))
    )
    for part, share in zip(splits.parts, shares, strict=True):
        assert abs(len(part) - share * len(labels)) < 1
        np.testing.assert_array_equal(part.y, labels[rows(part)])


@given(deals())
def test_every_class_is_dealt_in_proportion(deal):
    labels, shares, seed, _ = deal
    for part in split(numbered(labels), shares, seed).parts:
        met = np.bincount(part.y, minlength=5)
        due = np.bincount(labels, minlength=5) * len(part) / len(labels)
        assert np.all(np.abs(met - due) < 2)


def test_eighty_ten_ten():
    splits = split(numbered(np.arange(100) % 5))
    assert [len(part) for part in splits.parts] == [80, 10, 10]
    assert [list(np.bincount(part.y)) for part in splits.parts] == [[16] * 5, [2] * 5, [2] * 5]


def test_rows_that_do_not_divide_go_to_the_largest_remainder():
    assert [len(part) for part in split(numbered(np.zeros(1797, int))).parts] == [1437, 180, 180]


def test_the_seed_decides():
    data = numbered(np.arange(60) % 5)
    first, same, other = (split(data, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(rows(first.test), rows(same.test))
    np.testing.assert_array_equal(rows(first.train), rows(same.train))
    assert set(rows(first.test)) != set(rows(other.test))


def test_parts_come_in_random_order():
    train = split(numbered(np.repeat(np.arange(5), 20))).train
    assert np.any(np.diff(train.y) < 0)
    assert np.any(np.diff(rows(train)) < 0)


def test_every_row_has_its_chance_of_the_test_part():
    data = numbered(np.repeat([0, 1], 10), classes=2)
    times = sum(np.bincount(rows(split(data, seed=s).test), minlength=20) for s in range(400))
    assert np.all(np.abs(times - 40) < 6 * np.sqrt(40 * 0.9))  # six standard deviations


def test_without_stratifying_classes_are_left_to_chance():
    data = numbered(np.repeat([0, 1], 50), classes=2)
    zeros = {int(np.sum(split(data, seed=s, stratify=False).test.y == 0)) for s in range(20)}
    assert len(zeros) > 1


def test_values_are_dealt_too():
    x = np.arange(10, dtype=np.float32)[:, None]
    splits = split(Dataset(x, 2 * x))
    assert [len(part) for part in splits.parts] == [8, 1, 1]
    np.testing.assert_array_equal(splits.train.y, 2 * splits.train.x)


def test_a_share_of_zero_leaves_the_part_out():
    splits = split(numbered([0, 1, 0]), (1, 0, 0))
    assert [len(part) for part in splits.parts] == [3, 0, 0]
    assert splits.test.n_features == 1


@pytest.mark.parametrize(
    ("n", "shares", "part", "enough"),
    [
        (4, (0.8, 0.1, 0.1), "0.1 of 4 rows leaves the test part", 10),
        (9, (0.9, 0.06, 0.04), "0.04 of 9 rows leaves the test part", 25),
        (1, (0.4, 0, 0.6), "0.4 of 1 rows leaves the train part", 3),
    ],
)
def test_too_few_rows(n, shares, part, enough, refuses):
    with refuses(
        ValueError,
        f"{part} empty; wanted a row at least. "
        f"Give {enough} rows or more, a larger fraction, or 0 to do without.",
    ):
        split(numbered([0] * n), shares)
    assert all(
        len(part) > 0 or share == 0
        for part, share in zip(split(numbered([0] * enough), shares).parts, shares, strict=True)
    )


def test_one_row_a_part():
    assert [len(part) for part in split(numbered([0, 1, 2]), (0.4, 0.3, 0.3)).parts] == [1, 1, 1]


def test_no_rows(refuses):
    with refuses(ValueError, "data has no rows to split; wanted one at least."):
        split(numbered(np.zeros(0, int)))


@pytest.mark.parametrize(
    ("shares", "total"),
    [
        ((0.8, 0.1), "0.9"),
        ((0.8, 0.1, 0.2), "1.1"),
        ((80, 10, 10), "100"),
        ((1.2, -0.1, -0.1), "1"),
        ((0.0, 0.5, 0.5), "1"),
        ((float("nan"), 0.5, 0.5), "nan"),
        ((), "0"),
    ],
    ids=str,
)
def test_fractions_that_are_no_shares(shares, total, refuses):
    with refuses(
        ValueError,
        f"fractions are {tuple(map(float, shares))}, adding up to {total}; wanted three shares "
        "of 0 to 1 (train, validation, test) that add up to 1, train above 0. "
        "As in (0.8, 0.1, 0.1).",
    ):
        split(numbered([0, 1] * 20), shares)
