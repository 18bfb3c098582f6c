"""Randomness from an explicit seed: the same seed gives the same rows on every machine."""

import operator

import numpy as np


def generator(seed: object) -> np.random.Generator:
    """Return the random generator of a seed.

    Args:
        seed: A whole number of at least 0.

    Raises:
        TypeError: If the seed is not a whole number; time is no seed here.
        ValueError: If it is negative.
    """
    try:
        whole = operator.index(seed)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"seed is {seed!r}; wanted a whole number, such as 0.") from None
    if whole < 0:
        raise ValueError(f"seed is {whole}; wanted a whole number of at least 0.")
    return np.random.default_rng(whole)
