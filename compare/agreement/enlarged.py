"""The caller's arguments with more rows, where they have a batch of one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.arguments import Arguments

#: Rows instead of one, and how far they differ, relative.
ROWS, SPREAD = 3, 0.3


def enlarged(arguments: Arguments) -> Iterator[Arguments]:
    """Yield the arguments with every leading axis of length one made longer.

    First of all arguments, then of those alone that no gradient is taken of: a row of parameters
    is no batch. Whether the functions take them is for the caller to try.
    """
    positions = arguments.inputs
    rows = {
        position: k
        for k, position in enumerate(positions)
        if _has_one_row(arguments.leaves[position])
    }
    data = {p: k for p, k in rows.items() if k not in arguments.differentiated}
    for chosen in dict.fromkeys((tuple(rows), tuple(data))):
        if chosen:
            yield _with_rows(arguments, chosen)


def _has_one_row(leaf: Any) -> bool:
    return bool(np.ndim(leaf)) and np.shape(leaf)[0] == 1


def _with_rows(arguments: Arguments, chosen: tuple[int, ...]) -> Arguments:
    rng = np.random.default_rng(0)
    leaves = list(arguments.leaves)
    for position in chosen:
        leaves[position] = _rows(leaves[position], rng)
    wanted = [leaves[arguments.inputs[k]] for k in arguments.differentiated]
    return replace(
        arguments,
        leaves=tuple(leaves),
        wanted=jax.tree.unflatten(jax.tree.structure(arguments.wanted), wanted),
    )


def _rows(leaf: Any, rng: np.random.Generator) -> jax.Array:
    value = np.repeat(np.asarray(leaf), ROWS, axis=0)
    whole = not jnp.issubdtype(value.dtype, jnp.floating) or bool((value == np.round(value)).all())
    if whole:
        return jnp.asarray(value)
    factors = 1.0 + SPREAD * rng.uniform(-1.0, 1.0, value.shape)
    factors[0] = 1.0
    low, high = float(value.min()), float(value.max())
    moved = value.astype(np.float64) * factors
    if low >= 0 and high <= 1:
        moved = np.minimum(moved, 1.0)
    return jnp.asarray(moved).astype(value.dtype)
