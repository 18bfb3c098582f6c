"""The caller's arguments in other shapes: more rows where there is one, an odd length for an even.

Whether the functions take them is for the caller to try.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.arguments import Arguments
from compare.probing import made_like

#: Rows instead of one, and how far they differ, relative.
ROWS, SPREAD = 3, 0.3
#: How many lengths are shortened.
LENGTHS = 3


def other_shapes(arguments: Arguments) -> Iterator[tuple[list[Any], str]]:
    """Yield all leaves, some of them in another shape, and what is special about them."""
    yield from longer(arguments)
    yield from shorter(arguments)


def longer(arguments: Arguments) -> Iterator[tuple[list[Any], str]]:
    """Yield leaves of which every axis of length one is longer.

    First the leading axes of all arguments, then of those alone that no gradient is taken of, then
    of all but one of the others, which may be a row of parameters and no batch, then the inner
    axes. Data are lengthened together: an array of one row goes with any number by accident.
    """
    leaves, seen = arguments.leaves, set()
    rows = tuple(p for p in arguments.inputs if _has_one(leaves[p], 0))
    data = tuple(p for k, p in enumerate(arguments.inputs) if k not in arguments.differentiated)
    choices = [(rows, 0), (tuple(p for p in rows if p in data), 0)]
    choices += [(tuple(p for p in rows if p != one), 0) for one in rows if one not in data]
    deepest = max((np.ndim(leaves[p]) for p in arguments.inputs), default=0)
    choices += [
        (tuple(p for p in arguments.inputs if _has_one(leaves[p], axis)), axis)
        for axis in range(1, deepest)
    ]
    for chosen, axis in choices:
        if chosen and (chosen, axis) not in seen:
            seen.add((chosen, axis))
            why = f"{ROWS} rows for one" if axis == 0 else f"axis {axis} of length {ROWS} for one"
            yield _changed(leaves, chosen, lambda leaf, axis=axis: _longer(leaf, axis)), why


def shorter(arguments: Arguments) -> Iterator[tuple[list[Any], str]]:
    """Yield leaves without the last slice of every axis of one length, the longest first."""
    shapes = [np.shape(arguments.leaves[position]) for position in arguments.inputs]
    lengths = sorted({n for shape in shapes for n in shape if n > 2}, reverse=True)
    for length in lengths[:LENGTHS]:
        cut = _changed(arguments.leaves, arguments.inputs, lambda leaf, n=length: _shorter(leaf, n))
        yield cut, f"length {length - 1} for {length}"


def _changed(leaves: Sequence[Any], chosen: Sequence[int], change: Any) -> list[Any]:
    return [change(leaf) if position in chosen else leaf for position, leaf in enumerate(leaves)]


def _has_one(leaf: Any, axis: int) -> bool:
    return np.ndim(leaf) > axis and np.shape(leaf)[axis] == 1


def _longer(leaf: Any, axis: int) -> jax.Array:
    value = np.repeat(np.asarray(leaf), ROWS, axis=axis)
    whole = not jnp.issubdtype(value.dtype, jnp.floating) or bool((value == np.round(value)).all())
    if whole:
        return jnp.asarray(value)
    factors = 1.0 + SPREAD * np.random.default_rng(0).uniform(-1.0, 1.0, value.shape)
    np.moveaxis(factors, axis, 0)[0] = 1.0
    low, high = float(value.min()), float(value.max())
    moved = value.astype(np.float64) * factors
    if low >= 0 and high <= 1:
        moved = np.minimum(moved, 1.0)
    return jnp.asarray(moved).astype(value.dtype)


def _shorter(leaf: Any, length: int) -> Any:
    """Return an array less the last slice of each axis of a length; labels stay below it."""
    value = np.asarray(leaf)
    axes = [axis for axis, n in enumerate(value.shape) if n == length]
    cut = value[tuple(slice(0, n - 1 if n == length else n) for n in value.shape)]
    if np.issubdtype(value.dtype, np.integer) and value.size and value.max() == length - 1:
        return jnp.asarray(np.minimum(cut, length - 2))
    if not axes:
        return leaf
    if np.issubdtype(value.dtype, np.floating):
        cut = made_like(value, cut)
    return jnp.asarray(cut).astype(value.dtype)
