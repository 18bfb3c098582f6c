"""Every row once, in an order of its own for every key, the same on every machine."""

import jax
import numpy as np
import pytest

from compare.training.shuffle import batches, epoch_key, shuffled

KEY = jax.random.key(3)


@pytest.mark.parametrize("rows", [1, 2, 3, 31, 32, 33, 1437, 1449, 10_000, 70_000])
def test_every_row_once(rows: int) -> None:
    order = np.asarray(shuffled(KEY, rows))
    assert order.dtype == np.int32
    assert np.array_equal(np.sort(order), np.arange(rows))


def test_another_key_another_order() -> None:
    orders = {tuple(np.asarray(shuffled(epoch_key(KEY, epoch), 50)).tolist()) for epoch in range(9)}
    assert len(orders) == 9


def test_the_same_with_and_without_float64() -> None:
    with jax.enable_x64(True):
        wide = np.asarray(shuffled(KEY, 1000))
    assert np.array_equal(wide, shuffled(KEY, 1000))


@pytest.mark.parametrize("rows", [4, 6000], ids=["one sort", "two sorts"])
def test_every_place_is_as_likely(rows: int) -> None:
    """Chi-squared of where rows land, in 4 bins each: 9 degrees of freedom, 99.99 % below 34."""
    draws = 4000 if rows == 4 else 20
    orders = jax.vmap(lambda key: shuffled(key, rows))(jax.random.split(KEY, draws))
    place = np.repeat(np.arange(4), rows // 4)
    counts = np.zeros((4, 4))
    np.add.at(counts, (np.tile(place, draws), place[np.asarray(orders)].ravel()), 1)
    expected = draws * rows / 16
    assert ((counts - expected) ** 2 / expected).sum() < 34


def test_rows_that_fill_no_batch_sit_out() -> None:
    picks = np.asarray(batches(KEY, 23, 5))
    assert picks.shape == (4, 5)
    assert len(set(picks.ravel().tolist())) == 20


def test_a_batch_of_all_rows_stays_in_order() -> None:
    assert np.array_equal(batches(KEY, 6, 6), [np.arange(6)])
