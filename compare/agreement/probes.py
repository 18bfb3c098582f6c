"""Inputs near the caller's: shaken by rounding, and moved off special points."""

from collections.abc import Sequence

import numpy as np

from compare.agreement.measures import scale_of


def shaken(inputs: Sequence[np.ndarray], eps: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the inputs, each element one rounding up or down.

    What a result moves by then is what rounding alone can do to it. Zeros move by the rounding of
    the largest element.

    Args:
        inputs: Float64 arrays.
        eps: One rounding, relative.
        rng: Where the signs come from.
    """
    moved = []
    for value in inputs:
        if not np.issubdtype(value.dtype, np.floating):  # masks and labels do not round
            moved.append(value)
            continue
        size = np.where(value == 0, scale_of(value) or 1.0, np.abs(value))
        moved.append(np.asarray(value + eps * size * rng.choice([-1.0, 1.0], value.shape)))
    return moved


def nearby(
    inputs: Sequence[np.ndarray],
    positions: Sequence[int],
    distance: float,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Return the inputs with those at ``positions`` moved a little, to a generic point.

    Ties and kinks at the caller's point are left behind; data are not touched, since a derivation
    may rely on what they are (one-hot rows that sum to 1, say).

    Args:
        inputs: Float64 arrays.
        positions: Which of them to move.
        distance: How far, relative to each array's largest element.
        rng: Where the directions come from.
    """
    moved = list(inputs)
    for position in positions:
        value = inputs[position]
        step = distance * (scale_of(value) or 1.0)
        moved[position] = np.asarray(value + step * rng.standard_normal(value.shape))
    return moved
