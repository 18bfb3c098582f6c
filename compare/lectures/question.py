"""A claim as a question for the judgement: a scalar function, and what is said of its gradient.

A claim about a derivative is one already. A claim about a value becomes one by weighting: the
gradient of  Σ c · f(x)  with respect to c is f(x) itself.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement import check_gradient
from compare.report import Report
from manual_backprop.lectures import NOTHING, Claim, Meaning


@dataclass(frozen=True, eq=False)
class Question:
    """A claim under one meaning.

    Attributes:
        claim: What is said.
        meaning: What it is said about.
    """

    claim: Claim
    meaning: Meaning

    @property
    def argnums(self) -> tuple[int, ...]:
        """Positions of the inputs that derivatives are taken with respect to."""
        return tuple(list(self.claim.inputs).index(name) for name in self.claim.wrt)

    def said(self, *inputs: Any) -> Any:
        """Return what the equation says; a tuple of gradients, a gradient, or a value."""
        known = self.meaning.given(*inputs) if self.meaning.given else ()
        return self.claim.said(*known, *inputs)

    def gradient(self, *inputs: Any) -> Any:
        """Return what the equation says, without the partials on the way that it may name."""
        said = self.said(*inputs)
        named = isinstance(said, tuple) and isinstance(said[-1], dict)
        return said[0] if named else said

    def truth(self, *inputs: Any) -> Any:
        """Return what is right, by autodiff where it is a derivative."""
        if not self.claim.wrt:
            return self.meaning.of(*inputs)
        found = jax.grad(self.meaning.of, argnums=self.argnums)(*inputs)
        return found[0] if len(found) == 1 else found

    def inputs(self, values: Mapping[str, Any], dtype: Any) -> list[jax.Array]:
        """Return the claim's inputs, some of them replaced."""
        return [value[0] for value in self.stacked(values, {}, np.ones(1), dtype)]

    def stacked(
        self, fixed: Mapping[str, Any], scaled: Mapping[str, Any], sizes: np.ndarray, dtype: Any
    ) -> list[jax.Array]:
        """Return the claim's inputs at several sizes of some of them, one a row."""
        rows = []
        for name, usual in self.claim.inputs.items():
            value = scaled.get(name, fixed.get(name, usual))
            value = np.broadcast_to(np.asarray(value, np.float64), np.shape(usual))
            factor = sizes if name in scaled else np.ones_like(sizes)
            rows.append(jnp.asarray(np.multiply.outer(factor, value), dtype))
        return rows

    def judged(self, explain: bool = True, at: Mapping[str, Any] = NOTHING) -> Report:
        """Ask the judgement, and for the cause of what is wrong.

        Args:
            explain: Whether to search for the cause.
            at: Inputs instead of the claim's own, by name.
        """
        loss, gradient, args, argnums = self._derivation(at)
        one = argnums[0] if len(argnums) == 1 else argnums
        return check_gradient(loss, gradient, *args, argnums=one, vary=False, explain=explain)

    def _derivation(
        self, at: Mapping[str, Any]
    ) -> tuple[Any, Any, list[jax.Array], tuple[int, ...]]:
        """Return loss, gradient, arguments, and which of these are differentiated."""
        inputs = self.inputs(at, jnp.float32)
        if self.claim.wrt:
            loss = _with_names(self.meaning.of, self.claim.inputs)
            return loss, self.said, inputs, self.argnums

        def weighted(value: Any, *given: Any) -> Any:
            return jnp.sum(value * self.meaning.of(*given))

        shape = jax.eval_shape(self.meaning.of, *inputs).shape
        weights = jnp.linspace(0.5, 1.5, max(1, int(np.prod(shape)))).reshape(shape)
        loss = _with_names(weighted, ["value", *self.claim.inputs])
        return loss, lambda _, *given: self.said(*given), [weights, *inputs], (0,)


def _with_names(function: Callable[..., Any], names: Sequence[str] | Mapping[str, Any]) -> Any:
    """Return the function with named arguments, for the report."""

    def named(*given: Any) -> Any:
        return function(*given)

    kind = inspect.Parameter.POSITIONAL_ONLY
    parameters = [inspect.Parameter(name, kind) for name in names]
    named.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return named
