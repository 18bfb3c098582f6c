"""The caller's arguments, split into the float arrays that the check may vary and the rest."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

Argnums: TypeAlias = int | Sequence[int]


@dataclass(frozen=True, eq=False)
class Arguments:
    """The arguments of a loss, flattened.

    Attributes:
        leaves: All leaves of all arguments, as the caller gave them.
        treedef: Their tree.
        inputs: Positions of the leaves that are float arrays; the check may vary these.
        differentiated: Positions, within ``inputs``, of the leaves that gradients are taken of.
        names: A name for each input: ``params[0].weight``.
        wanted: The tree that a gradient has to have.
        labels: A name for each leaf, input or not.
    """

    leaves: tuple[Any, ...]
    treedef: Any
    inputs: tuple[int, ...]
    differentiated: tuple[int, ...]
    names: tuple[str, ...]
    wanted: Any
    labels: tuple[str, ...] = ()

    @property
    def values(self) -> list[jax.Array]:
        """The inputs, in working precision."""
        return [jnp.asarray(self.leaves[position]) for position in self.inputs]

    @property
    def leaf_names(self) -> list[str]:
        """Names of the leaves that gradients are taken of."""
        return [self.names[position] for position in self.differentiated]

    def rebuild(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Return the arguments with other values for the inputs."""
        leaves = list(self.leaves)
        for position, value in zip(self.inputs, values, strict=True):
            leaves[position] = value
        arguments: tuple[Any, ...] = jax.tree.unflatten(self.treedef, leaves)
        return arguments


def widened(arguments: Arguments, numbers: bool) -> Arguments:
    """Return the arguments with masks, labels and indices among the inputs, too.

    Args:
        arguments: As split.
        numbers: Whether to take in plain Python floats as well.
    """
    more = [
        position
        for position, leaf in enumerate(arguments.leaves)
        if position not in arguments.inputs
        and (_is_discrete_array(leaf) or (numbers and isinstance(leaf, float)))
    ]
    return replace(
        arguments,
        inputs=(*arguments.inputs, *more),
        names=(*arguments.names, *(arguments.labels[position] for position in more)),
    )


def split(loss: Callable[..., Any], args: Sequence[Any], argnums: Argnums) -> Arguments:
    """Split the arguments of ``loss``.

    Raises:
        TypeError: If a leaf to differentiate is not a float array, which is named; or a position
            is no integer.
        ValueError: If ``argnums`` names no argument.
    """
    chosen = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    if strange := [number for number in chosen if not hasattr(number, "__index__")]:
        raise TypeError(
            f"argnums has {strange[0]!r}; wanted positions of arguments, as 0 or (0, 1)"
        )
    for number in chosen:
        if not -len(args) <= number < len(args):
            raise ValueError(f"argnums {number} names no argument; {len(args)} were given")
    chosen = tuple(number % len(args) for number in chosen)
    if not chosen:
        raise ValueError("argnums is empty; name at least one argument to differentiate")
    labels = argument_names(loss, len(args))
    with_path, treedef = jax.tree.flatten_with_path(tuple(args))
    inputs: list[int] = []
    differentiated: list[tuple[int, int]] = []
    names: list[str] = []
    for position, (path, leaf) in enumerate(with_path):
        name = labels[path[0].idx] + jax.tree_util.keystr(path[1:])
        of_interest = path[0].idx in chosen
        if of_interest:
            _check_differentiable(name, leaf)
        if of_interest or _is_float_array(leaf):
            if of_interest:
                differentiated.append((chosen.index(path[0].idx), len(inputs)))
            inputs.append(position)
            names.append(name)
    if not differentiated:
        raise TypeError(
            f"argument {labels[chosen[0]]} holds no float array; there is nothing to differentiate"
        )
    trees = tuple(args[number] for number in chosen)
    return Arguments(
        leaves=tuple(leaf for _, leaf in with_path),
        treedef=treedef,
        inputs=tuple(inputs),
        differentiated=tuple(position for _, position in sorted(differentiated)),
        names=tuple(names),
        wanted=trees[0] if isinstance(argnums, int) else trees,
        labels=tuple(labels[path[0].idx] + jax.tree_util.keystr(path[1:]) for path, _ in with_path),
    )


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """Return the names of the first ``count`` positional arguments of a function."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # builtins and some C functions have no signature
        parameters = []
    names = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return [names[i] if i < len(names) else f"args[{i}]" for i in range(count)]


def _is_float_array(leaf: Any) -> bool:
    if not isinstance(leaf, (jax.Array, np.ndarray, np.floating)):
        return False
    return bool(jnp.issubdtype(leaf.dtype, jnp.floating))


def _is_discrete_array(leaf: Any) -> bool:
    if not isinstance(leaf, (jax.Array, np.ndarray)):
        return False
    return leaf.dtype == bool or bool(jnp.issubdtype(leaf.dtype, jnp.signedinteger))


def _check_differentiable(name: str, leaf: Any) -> None:
    if isinstance(leaf, float) or _is_float_array(leaf):
        return
    found = getattr(leaf, "dtype", None) or type(leaf).__name__
    raise TypeError(
        f"{name} is {found}; gradients are taken of real floats: give a float array, "
        "or leave this argument out of argnums"
    )
