"""Other values of inputs that are no free floats: masks, labels, indices."""

import numpy as np

from compare.probing.arrays import with_first, zero_row
from compare.probing.field import Field


def emptied(field: Field) -> list[np.ndarray]:
    """Return a mask of which a row, or everything, is masked out; labels that all are apart."""
    if field.kind == "bits" and field.value.size > 1 and field.value.all():
        empty = zero_row(field.value) if field.value.ndim > 1 else 0 * field.value
        return [np.asarray(empty, field.value.dtype)]
    return [np.full_like(field.value, number) for number in field.markers]


def discrete(field: Field, rng: np.random.Generator) -> list[np.ndarray]:
    """Return other masks, labels, indices, lengths or permutations."""
    value = field.value
    if field.kind == "bits":
        other = np.asarray(1 - value, value.dtype) if value.dtype != bool else ~value
        if value.size == 1:  # a flag
            return [other]
        kept = rng.random(value.shape) < 0.5
        kept[..., -1] = True  # something is left of each row
        drawn = [np.where(kept, value, other)]
        if value.shape[-1] > 1:
            drawn.append(with_first(value, other.flat[0]))
        return drawn
    if field.kind == "shuffled":
        return [rng.permutation(value), value[::-1].copy()]
    if field.kind == "few" and value.size == 1:
        numbers = dict.fromkeys((int(value.flat[0]) - 1, int(field.low)))
        return [np.full_like(value, number) for number in numbers]
    if field.kind == "few":
        found = np.unique(value)
        if np.issubdtype(value.dtype, np.integer) and field.low >= 0:
            found = np.arange(int(field.low), int(value.max()) + 1, dtype=value.dtype)
        equal = with_first(value, value.flat[-1])
        return [field.fit(drawn) for drawn in (rng.choice(found, value.shape), equal)]
    return []
