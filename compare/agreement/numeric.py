"""The third witness: numeric differentiation of the loss, along one direction.

Central differences at a falling step, extrapolated to step 0 (Ridders' method), with an estimate
of the error; it knows nothing of anybody's derivative rules.

Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", 1982.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from compare.agreement.measures import scale_of
from compare.agreement.witnesses import Arrays, Witnesses

STEPS = tuple(2.0**-k for k in range(3, 15, 2))  # relative to each node's largest element
#: How many roundings the loss may be off by, more than those of its own value.
NOISE = 8.0


class Slope(NamedTuple):
    """A directional derivative.

    Attributes:
        value: Of the loss along the direction, per unit of it.
        error: An estimate of how far off that is: of the method, and of the loss's own rounding.
    """

    value: float
    error: float


def directions(
    sizes: Sequence[float], reference: Arrays, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return a random direction for each node, as long as the node's values are large."""
    return [
        np.asarray(
            (size or 1.0)
            * rng.choice([-1.0, 1.0], value.shape)
            * rng.uniform(0.5, 1.0, value.shape)
        )
        for size, value in zip(sizes, reference, strict=True)
    ]


def slopes_along(
    witnesses: Witnesses,
    inputs: Sequence[Any],
    along: Sequence[np.ndarray],
    groups: Sequence[Sequence[int]],
    noise: float = 0.0,
) -> list[Slope]:
    """Return the derivative of the loss along each group's direction.

    Args:
        witnesses: In float64.
        inputs: The point.
        along: A direction for each node's forward value.
        groups: Which nodes move together; one slope a group.
        noise: How far the loss may be off by rounding.
    """
    slopes = []
    for group in groups:
        chosen = [d if k in group else None for k, d in enumerate(along)]
        values = np.array([
            [witnesses.loss_along(inputs, [d if d is None else sign * step * d for d in chosen])
             for sign in (1.0, -1.0)]
            for step in STEPS
        ])  # fmt: skip
        slopes.append(_ridders(values, noise))
    return slopes


def _ridders(values: np.ndarray, noise: float) -> Slope:
    """Extrapolate central differences [steps, 2] to step 0; keep the best of the tableau."""
    steps = np.array(STEPS)
    off = NOISE * max(noise, np.finfo(float).eps * scale_of(values))
    column, rounding = (values[:, 0] - values[:, 1]) / (2 * steps), off / steps
    shrink = (steps[0] / steps[1]) ** 2
    best = Slope(float(column[0]), float("inf"))
    factor = shrink
    while len(column) > 1:
        better = (factor * column[1:] - column[:-1]) / (factor - 1)
        rounding = rounding[1:]
        changed = np.maximum(np.abs(better - column[1:]), np.abs(better - column[:-1]))
        errors = changed + rounding
        if np.isfinite(errors).any():
            k = int(np.nanargmin(errors))
            if errors[k] < best.error:
                best = Slope(float(better[k]), float(errors[k]))
        column, factor = better, factor * shrink
    return best


def sizes_of(witnesses: Witnesses, inputs: Sequence[np.ndarray], reference: Arrays) -> list[float]:
    """Return how large the forward value of each node is; 1 for what is not an input."""
    by_name = dict(zip(witnesses.names, inputs, strict=True))
    return [
        scale_of(by_name[subject.name]) if subject.name in by_name else 1.0
        for subject in witnesses.subjects
    ]
