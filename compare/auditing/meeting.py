"""The rules that a function meets while it runs."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement import DerivationError
from compare.program.place import place_of_exception
from compare.program.rules import RuleCall, rule_calls
from compare.program.untraceable import reason


def calls_met(fun: Callable[..., Any], args: Sequence[Any]) -> list[RuleCall]:
    """Return every call of a function with a rule while ``fun`` runs.

    Raises:
        DerivationError: If ``fun`` cannot be traced on ``args``.
    """
    leaves, tree = jax.tree.flatten(tuple(args))
    traced = [k for k, leaf in enumerate(leaves) if isinstance(leaf, (jax.Array, np.ndarray))]

    def of(*arrays: Any) -> Any:
        merged = list(leaves)
        for k, array in zip(traced, arrays, strict=True):
            merged[k] = array
        return [
            leaf
            for leaf in jax.tree.leaves(fun(*jax.tree.unflatten(tree, merged)))
            if isinstance(leaf, jax.Array)
        ]

    arrays = [_exact(leaves[k]) for k in traced]
    try:
        jax.eval_shape(of, *arrays)
    except Exception as error:
        raise DerivationError(_untraced(fun, error)) from error
    return rule_calls(of, *arrays)


def _untraced(fun: Callable[..., Any], error: Exception) -> str:
    """Return why a function cannot be traced, with the line where there is one."""
    place = place_of_exception(error)
    at = f" at {place}  {place.code}" if place else ""
    if why := reason(error):
        return f"{name_of(fun)} cannot be traced by JAX{at}: {why}"
    lines = str(error).strip().splitlines()
    return (
        f"{name_of(fun)} does not run on these arguments{at}: {type(error).__name__}: "
        f"{lines[0] if lines else ''}"
    )


def _exact(leaf: Any) -> Any:
    """Return a float array in float64, anything else as it is."""
    if jnp.issubdtype(leaf.dtype, jnp.floating):
        return jnp.asarray(np.asarray(leaf).astype(np.float64))
    return jnp.asarray(leaf)


def grouped(calls: Sequence[RuleCall]) -> list[list[RuleCall]]:
    """Return the calls of each rule together."""
    groups: dict[tuple[str, str, str], list[RuleCall]] = {}
    for call in calls:
        groups.setdefault((call.name, call.where, call.kind), []).append(call)
    return list(groups.values())


def name_of(function: object) -> str:
    """Return what a function is called."""
    return getattr(function, "__qualname__", None) or type(function).__name__
