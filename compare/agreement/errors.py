"""Derivations that cannot be compared at all, and why."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.tree_util import keystr

from compare.report import Diagnosis


class GradientStructureError(TypeError):
    """A derivation whose tree, shapes or dtypes are not those of the arguments.

    Attributes:
        diagnosis: What the mistake is, where, and the edit that mends it; None when not known.
    """

    def __init__(self, message: str, diagnosis: Diagnosis | None = None) -> None:
        """Carry the message, and the diagnosis if there is one."""
        super().__init__(message)
        self.diagnosis = diagnosis


class DerivationError(TypeError):
    """A loss or derivation that cannot be run as it must be to be compared."""


def unfit_leaf(name: str, leaf: Any, like: Any, same_dtype: bool) -> str:
    """Return why a gradient leaf does not fit its argument, or "" when it does."""
    if isinstance(leaf, float) and jnp.shape(like) == ():
        return ""
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


def unfit_tree(result: Any, wanted: Any, leaf_names: Sequence[str]) -> str:
    """Return why a gradient's tree is not the arguments': by leaf, where leaves can be told."""
    rest = "return one array for each float array, in the same tree"
    if result is None:
        return f"the derivation returned None: it ends without a return; {rest}"
    given = _leaves(result)
    needed = dict(zip(_leaves(wanted), leaf_names, strict=True))
    empty = [name for path, name in needed.items() if path in given and given[path] is None]
    missing = [name for path, name in needed.items() if path not in given]
    if empty:
        return f"the gradient of {', '.join(empty)} is None; {rest}"
    if missing and len(missing) < len(needed):
        return f"the gradient of {', '.join(missing)} is missing; {rest}"
    extra = [f"result{keystr(path)}" for path in given if path not in needed]
    if not missing and extra:
        return f"the gradient has {', '.join(extra)}, which no argument is like; {rest}"
    return (
        f"the gradient's tree differs from the arguments': got {_short(result)}, wanted "
        f"{_short(wanted)}; {rest}"
    )


def _leaves(tree: Any) -> dict[Any, Any]:
    return dict(jax.tree.leaves_with_path(tree, is_leaf=lambda leaf: leaf is None))


def _short(tree: Any) -> str:
    text = str(jax.tree.structure(tree)).removeprefix("PyTreeDef(").removesuffix(")")
    return text if len(text) < 200 else text[:197] + "..."
