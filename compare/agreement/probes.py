"""Inputs near the caller's: moved off special points, or drawn afresh."""

from collections.abc import Sequence

import numpy as np

from compare.agreement.measures import scale_of


def nearby(
    inputs: Sequence[np.ndarray],
    positions: Sequence[int],
    distance: float,
    rng: np.random.Generator,
    zeros: int = 0,
) -> list[np.ndarray]:
    """Return the inputs with those at ``positions`` moved a little, to a generic point.

    Ties and kinks at the caller's point are left behind; data are not touched, since a derivation
    may rely on what they are (one-hot rows that sum to 1, say).

    Args:
        inputs: Float64 arrays.
        positions: Which of them to move.
        distance: How far each element is moved, in proportion to itself, so that small ones keep
            their sign; zeros in proportion to the largest element.
        rng: Where the directions come from.
        zeros: 1 moves all zeros up, -1 all down, 0 each at random.
    """
    moved = list(inputs)
    for position in positions:
        value = inputs[position]
        by = rng.uniform(0.5, 1.5, value.shape) * rng.choice([-1.0, 1.0], value.shape)
        off = zeros * np.abs(by) if zeros else by
        step = np.where(value == 0, off * (scale_of(value) or 1.0), by * np.abs(value))
        moved[position] = np.asarray(value + distance * step)
    return moved


def afresh(
    inputs: Sequence[np.ndarray],
    positions: Sequence[int],
    distance: float,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Return the inputs with those at ``positions`` moved far, signs and all.

    Args:
        inputs: Float64 arrays.
        positions: Which of them to move.
        distance: How far, in proportion to each array's largest element.
        rng: Where the directions come from.
    """
    moved = list(inputs)
    for position in positions:
        value = inputs[position]
        step = distance * (scale_of(value) or 1.0)
        moved[position] = np.asarray(value + step * rng.standard_normal(value.shape))
    return moved
