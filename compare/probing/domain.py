"""How each input may be varied, so that a right derivation is right there too."""

from collections.abc import Sequence

import numpy as np

from compare.probing.copies import copied
from compare.probing.field import Field, Kind
from compare.probing.integers import field_of_integers, in_order
from compare.probing.markers import markers
from compare.probing.normalised import normalised
from compare.probing.sides import dependence, forward_comparisons
from compare.probing.structure import Fit, ascending, in_range, is_ascending, shared
from compare.program import Program


def fields_of(
    names: Sequence[str],
    values: Sequence[np.ndarray],
    differentiated: Sequence[int],
    forward: Program,
    loss: Program | None = None,
) -> list[Field]:
    """Return what may be varied and how.

    Args:
        names: Of the inputs.
        values: The caller's; floats in float64, integers and booleans as they are.
        differentiated: Positions of the inputs that gradients are taken of.
        forward: The loss, written out; its first output is the value.
        loss: The loss as it is.
    """
    knots = set() if loss is None else {copied(loss, value) for value in loss.searched}
    limits, apart, scaled = thresholds(forward), markers(forward), normalised(forward)
    floats = [value for value in values if np.issubdtype(np.asarray(value).dtype, np.floating)]
    lengths = {length for value in floats for length in np.shape(value)}
    found = []
    for k, (name, given) in enumerate(zip(names, values, strict=True)):
        value = np.asarray(given)
        if np.issubdtype(value.dtype, np.integer):
            found.append(field_of_integers(name, value, lengths, apart.get(k, ())))
        elif k in knots and is_ascending(value):
            found.append(Field(name, value, "free", (ascending,), k in differentiated))
        else:
            limit = k in limits
            found.append(_field(name, value, k in differentiated, limit, k in scaled, lengths))
    return found


def thresholds(forward: Program) -> set[int]:
    """Return the inputs that others are compared with: the width of a Huber loss, a bound.

    What is right for a positive threshold need not be for a negative one.
    """
    found: set[int] = set()
    reads = dependence(forward)
    sizes = [int(np.prod(forward.types[value].shape)) for value in forward.inputs]
    for comparison in forward_comparisons(forward):
        for own, other in (
            (comparison.left, comparison.right),
            (comparison.right, comparison.left),
        ):
            if own is None or other is None or not reads[own] or not reads[other]:
                continue
            size = int(np.prod(forward.types[comparison.result].shape))
            for k in reads[own]:
                alone = reads[own] == {k} and k not in reads[other]
                direct = alone and copied(forward, own) == k and copied(forward, other) is None
                if (sizes[k] < size and sizes[k] == 1) or (alone and sizes[k] < size) or direct:
                    found.add(k)
    return found


def _field(
    name: str,
    value: np.ndarray,
    differentiated: bool,
    threshold: bool,
    scaled: bool,
    lengths: set[int],
) -> Field:
    if value.dtype == bool:
        uniform = value.size > 0 and bool(value.all() or not value.any())
        return Field(name, value, "bits" if uniform else "fixed")
    if not np.issubdtype(value.dtype, np.floating) or not np.isfinite(value).all():
        return Field(name, value, "fixed")
    if value.size == 0:
        return Field(name, value, "fixed")
    if not differentiated and (special := _of_data(value, lengths)):
        return Field(name, value, special, tuple(in_order(value)), low=float(value.min()))
    fits: list[Fit] = shared(value, differentiated, scaled)
    if threshold or (not differentiated and value.size > 1):
        fits += in_range(value)
    return Field(name, value, "free", tuple(fits), differentiated)


def _of_data(value: np.ndarray, lengths: set[int]) -> Kind | None:
    """Return how data that are whole numbers may vary; None when they are not."""
    if not (value == np.round(value)).all():
        return None
    if value.size == 1:  # a count that equals an axis length stays equal to it
        return "fixed" if float(value.flat[0]) in {n for n in lengths if n > 1} else None
    if np.isin(value, (0, 1)).all():
        if (value == value.flat[0]).all():
            return "bits"
        return None if shared(value) else "fixed"
    return "few"
