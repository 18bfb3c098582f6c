"""How integers may be varied: labels, indices, lengths, permutations."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from compare.probing.field import Field, Kind
from compare.probing.structure import Fit, is_permutation


def field_of_integers(
    name: str, value: np.ndarray, lengths: set[int], markers: Sequence[int]
) -> Field:
    """Return what may be done to integers.

    They stay among the values that occur, and those that the loss sets apart; sorted ones sorted.

    Args:
        name: Of the input.
        value: The caller's.
        lengths: Those of the axes of the float inputs.
        markers: Numbers that the loss compares them with.
    """
    if np.issubdtype(value.dtype, np.unsignedinteger) or not value.size:  # a random key, perhaps
        return Field(name, value, "fixed")
    limits = np.iinfo(value.dtype)
    markers = tuple(n for n in markers if limits.min <= n <= limits.max and n not in value)
    return dataclasses.replace(_unmarked(name, value, lengths), markers=markers)


def _unmarked(name: str, value: np.ndarray, lengths: set[int]) -> Field:
    if value.size == 1:  # one less, and the least that is no zero
        number = int(value.flat[0])
        kind: Kind = "few" if number > 0 else "fixed"
        return Field(name, value, kind, low=float(min(1, number - 1)))
    if (value < 0).any():
        return Field(name, value, "few", tuple(in_order(value)), low=float(value.min()))
    if is_permutation(value) and value.size in lengths:
        return Field(name, value, "shuffled")
    pointers = value.ndim == 1 and value[0] == 0 and int(value[-1]) in lengths
    pointers = pointers and int(value[-1]) >= value.size - 1
    if pointers and (np.diff(value) >= 0).all():
        return Field(name, value, "fixed")
    low, high = int(value.min()), int(value.max())
    if low == high:
        if high == 0:
            return Field(name, value, "fixed")
        low = min(low, 1)
    if (low, high) == (1, 1):
        return Field(name, value, "bits")
    return Field(name, value, "few", tuple(in_order(value)), low=float(low))


def in_order(value: np.ndarray) -> list[Fit]:
    """Return the fit to the order that whole numbers visibly have."""
    if value.ndim and value.shape[-1] > 1 and (np.diff(value, axis=-1) >= 0).all():
        return [lambda proposed: np.sort(proposed, axis=-1)]
    return []
