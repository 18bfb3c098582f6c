"""Inputs as Python that can be pasted into a test."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from compare.probing.field import Field

#: Arrays up to this size are written out.
SMALL = 12
#: Changed elements up to this number are set one by one.
FEW = 3


def as_python(fields: Sequence[Field], inputs: Sequence[np.ndarray]) -> tuple[str, ...]:
    """Return one assignment for each input that is not the caller's.

    Args:
        fields: The inputs with the caller's values.
        inputs: Others.
    """
    return tuple(
        _assignment(field, value)
        for field, value in zip(fields, inputs, strict=True)
        if not np.array_equal(field.value, value)
    )


def _assignment(field: Field, value: np.ndarray) -> str:
    name = field.name
    if value.ndim == 0:
        return f"{name} = {_number(value[()])}"
    if value.shape != field.value.shape:
        return f"{name} = {_array(value)}"
    changed = np.argwhere(value != field.value)
    if value.size > SMALL and len(changed) <= FEW:
        sets = (
            f".at[{', '.join(map(str, at))}].set({_number(value[tuple(at)])})" for at in changed
        )
        return f"{name} = {name}{''.join(sets)}"
    if (value == value.flat[0]).all():
        shape = ", ".join(map(str, value.shape)) + ("," if value.ndim == 1 else "")
        return f"{name} = jnp.full(({shape}), {_number(value.flat[0])})"
    for factor in (-1.0, 10.0, 0.1, 1e3, 1e-3):
        if value.dtype != bool and np.array_equal(value, factor * field.value):
            return f"{name} = {_number(factor)} * {name}"
    return f"{name} = {_array(value)}"


def _array(value: np.ndarray) -> str:
    return f"jnp.array({_nested(value)})"


def _nested(value: np.ndarray) -> str:
    if value.ndim == 0:
        return _number(value[()])
    return f"[{', '.join(_nested(np.asarray(part)) for part in value)}]"


def _number(number: Any) -> str:
    if isinstance(number, (bool, np.bool_, int, np.integer)):
        return str(number)
    return repr(float(f"{float(number):.7g}"))
