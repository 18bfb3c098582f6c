"""What a difference is said to look like, where the right value is zero."""

import numpy as np
import pytest

from compare.agreement.residual import pattern

HAND = np.array([2.0, -1.0, 3.0])

#     right value, what is said of it
ZERO = [
    ((0.0, 0.0, 0.0), "3 of 3 elements differ; the right value is zero in every element"),
    (
        (2.0, 0.0, 0.0),
        "2 of 3 elements differ, all at index 1, 2 of axis 0; the right value is zero there",
    ),
]


@pytest.mark.parametrize(("right", "said"), ZERO, ids=["everywhere", "in a part"])
def test_a_right_value_of_zero_has_no_angle_and_no_factor(
    right: tuple[float, ...], said: str
) -> None:
    reference = np.array(right)
    found = pattern(HAND, reference, reference != HAND, [], None)
    assert (found.kind, found.evidence) == ("unknown", said)


def test_elsewhere_the_angle_is_told() -> None:
    reference = np.array([2.0, 1.0, -1.0])
    found = pattern(HAND, reference, reference != HAND, [], None)
    assert found.evidence.endswith("; cosine 0.000000, no constant ratio")
