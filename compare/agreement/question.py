"""What is asked: does this derivation give the gradient of this loss at these arguments?"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp

from compare.agreement.arguments import Arguments
from compare.agreement.errors import GradientStructureError, unfit_leaf, unfit_tree


@dataclass(frozen=True)
class Form:
    """What a derivation returns besides the gradients of the leaves.

    Attributes:
        has_value: The loss comes first, as from ``jax.value_and_grad``.
        names: Names of the intermediates whose cotangents come last, in a dictionary.
    """

    has_value: bool
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Question:
    """A loss, its hand-derived gradient, and the arguments.

    Attributes:
        loss: The forward function; returns a scalar.
        gradient: The hand derivation.
        arguments: What both are called with.
        by_hand: Whether autodiff of the loss is refused as derivation. That of a rule may well
            use it for its own function.
        again: Asks the same with other leaves, in other shapes perhaps; None where the leaves are
            simply put in.
    """

    loss: Callable[..., Any]
    gradient: Callable[..., Any]
    arguments: Arguments
    by_hand: bool = True
    again: Callable[[Sequence[Any]], "Question"] | None = None

    def loss_of(self, *inputs: jax.Array) -> Any:
        """Return the loss at other inputs."""
        return self.loss(*self.arguments.rebuild(inputs))

    def with_leaves(self, leaves: Sequence[Any]) -> "Question":
        """Return the question at other leaves, in other shapes perhaps."""
        if self.again is not None:
            return self.again(leaves)
        arguments = self.arguments
        wanted = [leaves[arguments.inputs[k]] for k in arguments.differentiated]
        tree = jax.tree.unflatten(jax.tree.structure(arguments.wanted), wanted)
        return replace(self, arguments=replace(arguments, leaves=tuple(leaves), wanted=tree))

    def gradient_of(self, *inputs: jax.Array) -> Any:
        """Return what the derivation says at other inputs."""
        return self.gradient(*self.arguments.rebuild(inputs))

    def form_of(self, result: Any, same_dtype: bool = True) -> Form:
        """Return how a derivation's result is laid out.

        Args:
            result: What ``gradient`` returned, or shapes like it.
            same_dtype: Whether the leaves' dtypes have to be the arguments', too.

        Raises:
            GradientStructureError: If tree, shapes or dtypes are not those of the arguments.
        """
        for form, tree in _readings(result):
            if same_tree(tree, self.arguments.wanted):
                self._check_leaves(tree, same_dtype)
                return form
        told = unfit_tree(result, self.arguments.wanted, self.arguments.leaf_names)
        raise GradientStructureError(told)

    def flatten(self, form: Form, result: Any) -> list[Any]:
        """Return value (if any), leaves and named cotangents of a result as one list."""
        value = [result[0]] if form.has_value else []
        named = [result[-1][name] for name in form.names]
        tree = result[len(value)] if form.has_value or form.names else result
        return [*value, *jax.tree.leaves(tree), *named]

    def _check_leaves(self, tree: Any, same_dtype: bool) -> None:
        leaves = zip(
            self.arguments.leaf_names,
            jax.tree.leaves(tree),
            jax.tree.leaves(self.arguments.wanted),
            strict=True,
        )
        wrong = [unfit_leaf(name, leaf, like, same_dtype) for name, leaf, like in leaves]
        if found := [sentence for sentence in wrong if sentence]:
            raise GradientStructureError("\n".join(found))


def _readings(result: Any) -> Iterator[tuple[Form, Any]]:
    """Yield the ways to read a result, and the tree of gradients in each."""
    yield Form(False, ()), result
    if not isinstance(result, tuple) or len(result) not in (2, 3):
        return
    names = tuple(result[-1]) if isinstance(result[-1], dict) else ()
    if names and all(isinstance(name, str) for name in names):
        if len(result) == 2:
            yield Form(False, names), result[0]
        elif jnp.shape(result[0]) == ():
            yield Form(True, names), result[1]
    if len(result) == 2 and same_tree(result[0], 0) and jnp.shape(result[0]) == ():
        yield Form(True, ()), result[1]


def name_of(function: object) -> str:
    """Return a function's name, not where it was defined; of a partial call the called one's."""
    while isinstance(function, functools.partial):
        function = function.func
    name: str = getattr(function, "__qualname__", None) or type(function).__name__
    return name.rpartition("<locals>.")[2]


def same_tree(left: Any, right: Any) -> bool:
    """Return whether two pytrees have the same structure."""
    return bool(jax.tree.structure(left) == jax.tree.structure(right))  # type: ignore[operator]


def scalar_loss(shape: Any, name: str, where: str = "") -> None:
    """Refuse a loss that does not return one float.

    Args:
        shape: What it returns.
        name: What it is called in messages.
        where: Where it is defined; follows the message.

    Raises:
        TypeError: With what it returned, and what to do.
    """
    leaves: Sequence[Any] = jax.tree.leaves(shape)
    if len(leaves) != 1 or not same_tree(shape, 0):
        raise TypeError(
            f"{name} returns a tree of {len(leaves)} values; a loss returns one scalar{where}"
        )
    if leaves[0].shape != ():
        raise TypeError(
            f"{name} returns shape {list(leaves[0].shape)}; a loss returns one scalar: take the "
            f"mean or the sum, or use check_rule for a function with several outputs{where}"
        )
    if not jnp.issubdtype(leaves[0].dtype, jnp.floating):
        raise TypeError(f"{name} returns {leaves[0].dtype}; a loss returns one real float{where}")
