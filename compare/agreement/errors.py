"""Derivations that cannot be compared at all, and why."""

from typing import Any

import jax.numpy as jnp


class GradientStructureError(TypeError):
    """A derivation whose tree, shapes or dtypes are not those of the arguments."""


class DerivationError(TypeError):
    """A loss or derivation that cannot be run as it must be to be compared."""


def unfit_leaf(name: str, leaf: Any, like: Any, same_dtype: bool) -> str:
    """Return why a gradient leaf does not fit its argument, or "" when it does."""
    if leaf is None or not hasattr(leaf, "shape"):
        return f"the gradient of {name} is {type(leaf).__name__}; wanted an array"
    shape, wanted = tuple(leaf.shape), tuple(jnp.shape(like))
    if shape != wanted:
        return (
            f"the gradient of {name} has shape {list(shape)}, the argument {list(wanted)}"
            f"{_reason(shape, wanted)}"
        )
    dtype, wanted_dtype = leaf.dtype, jnp.result_type(like)
    if not jnp.issubdtype(dtype, jnp.floating) or (same_dtype and dtype != wanted_dtype):
        return f"the gradient of {name} is {dtype}; wanted {wanted_dtype}, as the argument is"
    return ""


def _reason(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Explain the commonest ways to get a shape wrong."""
    extra = len(shape) - len(wanted)
    if extra > 0 and shape[extra:] == wanted:
        axes = 0 if extra == 1 else tuple(range(extra))
        return (
            "; the argument was broadcast forwards, so its gradient is summed over what was "
            f"added: .sum(axis={axes})"
        )
    if shape == wanted[::-1]:
        return "; this is the transpose: .T"
    if len(shape) == len(wanted):
        axes = tuple(i for i, (a, b) in enumerate(zip(shape, wanted, strict=True)) if a != b)
        if all(wanted[axis] == 1 for axis in axes):
            return (
                "; the argument was broadcast forwards along these axes: "
                f".sum(axis={axes}, keepdims=True)"
            )
    return "; return one number for each of the argument's"
