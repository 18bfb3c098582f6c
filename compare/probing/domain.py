"""How each input may be varied, so that a right derivation is right there too."""

from collections.abc import Sequence

import numpy as np

from compare.probing.field import Field, Kind
from compare.probing.sides import dependence, forward_comparisons
from compare.probing.structure import Fit, in_range, is_permutation, shared
from compare.program import Program


def fields_of(
    names: Sequence[str],
    values: Sequence[np.ndarray],
    differentiated: Sequence[int],
    forward: Program,
) -> list[Field]:
    """Return what may be varied and how.

    Args:
        names: Of the inputs.
        values: The caller's; floats in float64, integers and booleans as they are.
        differentiated: Positions of the inputs that gradients are taken of.
        forward: The loss, written out; its first output is the value.
    """
    limits = thresholds(forward)
    floats = [value for value in values if np.issubdtype(np.asarray(value).dtype, np.floating)]
    lengths = {length for value in floats for length in np.shape(value)}
    return [
        _field(name, np.asarray(value), k in differentiated, k in limits, lengths)
        for k, (name, value) in enumerate(zip(names, values, strict=True))
    ]


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
                direct = alone and _copies(forward, own, k) and not _copies(forward, other, None)
                if (sizes[k] < size and sizes[k] == 1) or (alone and sizes[k] < size) or direct:
                    found.add(k)
    return found


def _copies(program: Program, value: int, position: int | None) -> bool:
    """Whether a value is an input (that one, or any), at most broadcast or reshaped."""
    while value in program.writer:
        equation = program.equations[program.writer[value]]
        if equation.primitive not in ("broadcast_in_dim", "reshape", "convert_element_type", "neg"):
            return False
        value = equation.inputs[0]
    inputs = program.inputs if position is None else (program.inputs[position],)
    return value in inputs


def _field(
    name: str, value: np.ndarray, differentiated: bool, threshold: bool, lengths: set[int]
) -> Field:
    if value.dtype == bool:
        uniform = value.size > 1 and bool(value.all() or not value.any())
        return Field(name, value, "bits" if uniform else "fixed")
    if np.issubdtype(value.dtype, np.integer):
        return _of_integers(name, value, lengths)
    if not np.issubdtype(value.dtype, np.floating) or not np.isfinite(value).all():
        return Field(name, value, "fixed")
    if value.size == 0:
        return Field(name, value, "fixed")
    if not differentiated and (special := _of_data(value, lengths)):
        return Field(name, value, special, tuple(_order(value)), low=float(value.min()))
    fits: list[Fit] = shared(value, differentiated)
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


def _of_integers(name: str, value: np.ndarray, lengths: set[int]) -> Field:
    """Labels, indices and lengths stay among the values that occur; sorted ones sorted."""
    unsigned = np.issubdtype(value.dtype, np.unsignedinteger)  # a random key, perhaps
    if value.size < 2 or unsigned or (value < 0).any():
        return Field(name, value, "fixed")
    pointers = value.ndim == 1 and value[0] == 0 and int(value[-1]) in lengths
    pointers = pointers and int(value[-1]) >= value.size - 1
    if (is_permutation(value) and value.size in lengths) or (
        pointers and (np.diff(value) >= 0).all()
    ):
        return Field(name, value, "fixed")
    low, high = int(value.min()), int(value.max())
    if low == high:
        if high == 0:
            return Field(name, value, "fixed")
        low = min(low, 1)
    if (low, high) == (1, 1):
        return Field(name, value, "bits")
    return Field(name, value, "few", tuple(_order(value)), low=float(low))


def _order(value: np.ndarray) -> list[Fit]:
    if value.ndim and value.shape[-1] > 1 and (np.diff(value, axis=-1) >= 0).all():
        return [lambda proposed: np.sort(proposed, axis=-1)]
    return []
