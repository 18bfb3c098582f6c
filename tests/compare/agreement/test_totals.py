"""The sum that all ways to choose the slopes have in common."""

import numpy as np

from compare.agreement.totals import conserves

EITHER = [np.array([2.0, 0.0]), np.array([0.0, 2.0])]


def test_shared_is_right_and_doubled_is_not():
    assert conserves(np.array([1.0, 1.0]), EITHER)
    assert not conserves(np.array([2.0, 2.0]), EITHER)


def test_where_the_sums_differ_nothing_is_conserved():
    assert conserves(np.array([3.0, 0.0]), [*EITHER, np.zeros(2)])


def test_one_way_or_none_says_nothing():
    assert conserves(np.array([3.0, 0.0]), EITHER[:1])
    assert conserves(np.array([np.inf, 0.0]), EITHER)
