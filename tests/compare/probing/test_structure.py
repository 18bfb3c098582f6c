"""What data visibly are stays so, whatever is proposed instead."""

import numpy as np
import pytest

from compare.probing.structure import in_range, is_one_hot, is_permutation, shared

GENERATOR = np.random.default_rng(0)


def fitted(value, proposed, differentiated=False):
    for fit in shared(np.asarray(value), differentiated):
        proposed = fit(proposed)
    return proposed


def drawn(*shape):
    return GENERATOR.standard_normal(shape)


def test_one_hot_rows_stay_one_hot():
    assert is_one_hot(fitted(np.eye(4)[[0, 2, 2]], drawn(3, 4)))


@pytest.mark.parametrize("axis", [0, 1])
def test_shares_stay_shares(axis):
    value = np.abs(drawn(3, 4))
    kept = fitted(value / value.sum(axis=axis, keepdims=True), 1e3 * drawn(3, 4))
    np.testing.assert_allclose(kept.sum(axis=axis), 1.0)
    assert (kept >= 0).all()


def test_a_share_of_nothing_is_equal_shares():
    np.testing.assert_array_equal(fitted([0.3, 0.7], np.zeros(2)), [0.5, 0.5])


def test_a_definite_matrix_stays_definite():
    half = drawn(3, 3)
    kept = fitted(half @ half.T + np.eye(3), -np.ones((3, 3)))
    np.testing.assert_array_equal(kept, kept.T)
    assert np.linalg.eigvalsh(kept).min() > 0


def test_a_symmetric_matrix_stays_symmetric():
    kept = fitted(np.array([[1.0, 2.0], [2.0, 1.0]]), drawn(2, 2))
    np.testing.assert_array_equal(kept, kept.T)


def test_a_triangle_stays_a_triangle():
    assert not np.triu(fitted(np.tril(drawn(3, 3)), drawn(3, 3)), 1).any()


def test_a_rotation_is_left_alone():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    np.testing.assert_array_equal(fitted(turn, drawn(2, 2)), turn)


def test_sorted_data_stay_sorted():
    assert (np.diff(fitted([0.0, 0.1, 0.7, 0.9], drawn(4))) >= 0).all()
    assert (np.diff(fitted([3.0, 1.0, 0.5, 0.2], drawn(4))) <= 0).all()


@pytest.mark.parametrize("value", [[0.1, 0.7, 0.9], np.linspace(-1, 1, 9)], ids=["few", "even"])
def test_numbers_typed_in_order_are_no_property_of_what_is_differentiated(value):
    proposed = drawn(len(value))
    np.testing.assert_array_equal(fitted(value, proposed, differentiated=True), proposed)


@pytest.mark.parametrize("value", [np.ones((2, 2)), np.zeros(5), np.array(1.0)])
def test_constants_show_nothing(value):
    assert shared(value) == []


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        pytest.param([0.2, 0.9], 0.0, 1.0, id="fractions"),
        pytest.param([0.2, 9.0], 0.0, np.inf, id="nonnegative"),
        pytest.param([-0.2, -9.0], -np.inf, 0.0, id="nonpositive"),
        pytest.param([-0.2, 9.0], -np.inf, np.inf, id="any"),
    ],
)
def test_ranges_are_kept(value, low, high):
    proposed = 10 * drawn(50)
    for fit in in_range(np.array(value)):
        proposed = fit(proposed)
    assert (proposed >= low).all()
    assert (proposed <= high).all()


def test_permutations():
    assert is_permutation(np.array([2, 0, 1]))
    assert not is_permutation(np.array([2, 0, 3]))
