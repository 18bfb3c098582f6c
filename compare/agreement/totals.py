"""What all ways to choose the slopes at a kink have in common: their sum.

Where a maximum is met twice, its slope may go to either, or be shared; it does not double.
"""

from collections.abc import Sequence

import numpy as np

#: Sums this close are the same, and this far apart another; beside the sum of all sizes.
_SAME, _OTHER = 1e-4, 1e-2


def conserves(value: np.ndarray, ways: Sequence[np.ndarray]) -> bool:
    """Whether a value has the sum that every way to choose the slopes has, if they have the same.

    Args:
        value: The hand's.
        ways: Autodiff's, at points around or with ties broken by lot.
    """
    known = [way for way in ways if np.isfinite(way).all()]
    if len(known) < 2 or not np.isfinite(value).all():
        return True
    totals = np.array([way.sum() for way in known])
    size = max(float(np.abs(way).sum()) for way in known)
    if np.ptp(totals) > _SAME * size:
        return True
    return abs(float(value.sum()) - float(totals[0])) <= _OTHER * size
