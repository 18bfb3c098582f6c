"""A custom derivative rule, asked as a loss and its gradient: the sum of cotangent times output."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement.arguments import Arguments, argument_names, split
from compare.agreement.errors import GradientStructureError
from compare.agreement.manners import defined
from compare.agreement.question import Question
from compare.agreement.tracing import traced

#: Sets the cotangent apart from numbers that the caller drew with the same seed.
_APART = 0x600D


class Pulling:
    """The rule as a loss and a gradient of the float leaves of its arguments.

    Attributes:
        count: How many arguments the function takes.
        numbers: Those that gradients are taken of, by position.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        fwd: Callable[..., Any],
        bwd: Callable[..., Any],
        args: Sequence[Any],
        nondiff: tuple[int, ...],
    ) -> None:
        self.fun, self.fwd, self.bwd = fun, fwd, bwd
        self.count, self.nondiff = len(args), nondiff
        self.numbers = [k for k in range(len(args)) if k not in nondiff]
        self.flat, self.tree = jax.tree.flatten_with_path(tuple(args))
        floats = [k for k, (path, leaf) in enumerate(self.flat) if _is_float(leaf)]
        self.floats = [k for k in floats if self.flat[k][0][0].idx in self.numbers]
        #: Masks, labels and plain numbers: no gradient is taken of them, but they may be varied.
        others = [k for k, (_, leaf) in enumerate(self.flat) if _is_other(leaf)]
        self.others = sorted({*others, *floats} - {*self.floats})

    def argument_of(self, name: str) -> int:
        """Return which of the cotangents that ``bwd`` returns a node is, by its name."""
        labels = argument_names(self.fun, self.count)
        for position, number in enumerate(self.numbers):
            if name == labels[number] or name.startswith(
                (f"{labels[number]}[", f"{labels[number]}.")
            ):
                return position
        return len(self.numbers)

    def arguments(self, seed: int) -> Arguments:
        """Return the float leaves, a random cotangent and the other leaves as arguments."""
        leaves = [jnp.asarray(self.flat[k][1]) for k in self.floats]
        if not leaves:
            raise TypeError("no argument of the rule is a float array; there is nothing to check")
        rng = np.random.default_rng([seed, _APART])  # not the caller's own first draw
        others = [self.flat[k][1] for k in self.others]
        shape = traced(lambda *given: self._call(self.fun, given, others), "fun", *leaves).result
        traced(lambda *given: self._first(shape, given, others), "fwd", *leaves)
        cotangents = [
            jnp.asarray(rng.standard_normal(out.shape)).astype(out.dtype)
            for out in jax.tree.leaves(shape)
            if jnp.issubdtype(out.dtype, jnp.floating)
        ]
        if not cotangents:
            raise TypeError("fun returns no float array; there is no gradient to pull back")
        found = split(self.paired, (leaves, cotangents, others), 0)
        labels = argument_names(self.fun, self.count)

        def name(k: int) -> str:
            path = self.flat[k][0]
            return labels[path[0].idx] + jax.tree_util.keystr(path[1:])

        given = found.labels[len(self.floats) : len(self.floats) + len(cotangents)]
        told = (*map(name, self.floats), *given, *map(name, self.others))
        return replace(found, names=tuple(told[k] for k in found.inputs), labels=told)

    def _first(self, shape: Any, leaves: Sequence[Any], others: Sequence[Any]) -> Any:
        """Return the output that ``fwd`` returns, once it is like the function's own.

        Raises:
            GradientStructureError: If it is not.
        """
        pair = self._call(self.fwd, leaves, others)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            got = f"{len(pair)} values" if isinstance(pair, (tuple, list)) else "a single value"
            raise GradientStructureError(
                f"fwd returned {got}{defined(self.fwd)}; return the pair (output, residuals)"
            )
        output, wanted = (
            jax.tree.map(lambda leaf: (jnp.shape(leaf), str(jnp.result_type(leaf))), tree)
            for tree in (pair[0], shape)
        )
        if output != wanted:
            got, like = (_shapes(tree) for tree in (pair[0], shape))
            raise GradientStructureError(
                f"fwd's output is {got}, fun's {like}{defined(self.fwd)}; return fun's output "
                "first, then the residuals"
            )
        return [leaf for leaf in jax.tree.leaves(pair[0]) if isinstance(leaf, jax.Array)]

    def question(self, seed: int) -> Question:
        """Return what is asked of the rule, at a random cotangent."""
        arguments = self.arguments(seed)

        def again(leaves: Sequence[Any]) -> Question:
            given, _, others = jax.tree.unflatten(arguments.treedef, leaves)
            args = self._rebuilt(given, others)
            return Pulling(self.fun, self.fwd, self.bwd, args, self.nondiff).question(seed)

        return Question(self.paired, self.pulled_back, arguments, by_hand=False, again=again)

    def given_back(self, arguments: Arguments) -> tuple[Any, ...]:
        """Return what ``bwd`` is called with."""
        leaves, cotangents, others = arguments.rebuild(arguments.values)
        output, residuals = self._call(self.fwd, leaves, others)
        args = self._rebuilt(leaves, others)
        return (*(args[k] for k in self.nondiff), residuals, _like(output, cotangents))

    def paired(self, leaves: list[Any], cotangents: list[Any], others: list[Any]) -> jax.Array:
        """Return Σ c * fun(args)."""
        return _pair(self._call(self.fun, leaves, others), cotangents)

    def pulled_back(
        self, leaves: list[Any], cotangents: list[Any], others: list[Any]
    ) -> tuple[jax.Array, list[Any]]:
        """Return the same sum from ``fwd``'s output, and what ``bwd`` makes of the cotangent."""
        output, residuals = self._call(self.fwd, leaves, others)
        args = self._rebuilt(leaves, others)
        cotangent = _like(output, cotangents)
        returned = self.bwd(*(args[k] for k in self.nondiff), residuals, cotangent)
        return _pair(output, cotangents), self._gradients(returned, leaves)

    def _call(
        self, function: Callable[..., Any], leaves: Sequence[Any], others: Sequence[Any]
    ) -> Any:
        return function(*self._rebuilt(leaves, others))

    def _rebuilt(self, leaves: Sequence[Any], others: Sequence[Any]) -> tuple[Any, ...]:
        flat = [leaf for _, leaf in self.flat]
        for k, leaf in zip((*self.floats, *self.others), (*leaves, *others), strict=True):
            flat[k] = leaf
        args: tuple[Any, ...] = jax.tree.unflatten(self.tree, flat)
        return args

    def _gradients(self, returned: Any, leaves: Sequence[Any]) -> list[Any]:
        """Return the float leaves of what ``bwd`` returned; None becomes zeros."""
        if not isinstance(returned, (tuple, list)) or len(returned) != len(self.numbers):
            got = len(returned) if isinstance(returned, (tuple, list)) else type(returned).__name__
            raise GradientStructureError(
                f"bwd returned {got} cotangents for {len(self.numbers)} arguments; return a tuple "
                "with one an argument, None where there is none"
            )
        found: dict[int, Any] = {}
        start = 0
        given = dict(zip(self.numbers, returned, strict=True))
        for number in range(self.count):
            cotangent = given.get(number)
            size = sum(path[0].idx == number for path, _ in self.flat)
            if cotangent is not None:
                parts = jax.tree.leaves(cotangent, is_leaf=lambda leaf: leaf is None)
                if len(parts) != size:
                    raise GradientStructureError(
                        f"bwd returned {len(parts)} arrays for argument {number}, which has {size}"
                    )
                found.update({start + k: part for k, part in enumerate(parts)})
            start += size
        return [
            jnp.zeros_like(leaf) if found.get(k) is None else found[k]
            for k, leaf in zip(self.floats, leaves, strict=True)
        ]


def _like(output: Any, cotangents: Sequence[Any]) -> Any:
    """Return the cotangents as a tree like the output; those of integers are JAX's empty zeros."""
    given = iter(cotangents)
    return jax.tree.map(
        lambda out: next(given) if _is_float(out) else np.zeros(out.shape, jax.dtypes.float0),
        output,
    )


def _shapes(tree: Any) -> str:
    """Write the shapes and dtypes of a tree: ``float32[3]``, ``float32[3], int32[]``."""
    leaves = jax.tree.leaves(tree)
    return ", ".join(f"{jnp.result_type(x)}{list(jnp.shape(x))}" for x in leaves) or "nothing"


def _pair(output: Any, cotangents: Sequence[Any]) -> jax.Array:
    floats = [leaf for leaf in jax.tree.leaves(output) if _is_float(leaf)]
    terms = [jnp.sum(c * leaf) for c, leaf in zip(cotangents, floats, strict=True)]
    total: jax.Array = sum(terms[1:], start=terms[0])
    return total


def _is_float(leaf: Any) -> bool:
    if not isinstance(leaf, jax.ShapeDtypeStruct | jax.Array | np.ndarray | np.generic):
        return False
    return bool(jnp.issubdtype(leaf.dtype, jnp.floating))


def _is_other(leaf: Any) -> bool:
    """Whether a leaf is a plain number, or an array of integers or booleans."""
    if isinstance(leaf, float):
        return True
    if not isinstance(leaf, (jax.Array, np.ndarray)):
        return False
    return leaf.dtype == bool or bool(jnp.issubdtype(leaf.dtype, jnp.signedinteger))
