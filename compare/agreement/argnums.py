"""Which arguments a tuple of gradients is of, where only the first was asked about."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from compare.agreement.question import same_tree


def meant(gradient: Callable[..., Any], arguments: Sequence[Any], argnums: Any) -> str:
    """Return how to ask about all that a derivation returns; "" when that cannot be told.

    Args:
        gradient: The derivation.
        arguments: What it is called with.
        argnums: What was asked about.
    """
    try:
        found = jax.eval_shape(lambda: gradient(*arguments))
    except Exception:  # noqa: BLE001  what was to be told is told without it
        return ""
    if type(found) is not tuple or not 1 < len(found) <= len(arguments):
        return ""
    everything = tuple(range(len(found)))
    if argnums == everything or not all(map(_alike, found, arguments)):
        return ""
    return f"\n  for the gradients of the first {len(found)} arguments: argnums={everything}"


def _alike(found: Any, argument: Any) -> bool:
    """Whether a gradient has the tree and the shapes of an argument."""
    if not same_tree(found, argument):
        return False
    pairs = zip(jax.tree.leaves(found), jax.tree.leaves(argument), strict=True)
    return all(one.shape == jnp.shape(other) for one, other in pairs)
