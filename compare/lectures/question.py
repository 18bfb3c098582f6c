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
from manual_backprop.lectures import Claim, Meaning


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

    def truth(self, *inputs: Any) -> Any:
        """Return what is right, by autodiff where it is a derivative."""
        if not self.claim.wrt:
            return self.meaning.of(*inputs)
        found = jax.grad(self.meaning.of, argnums=self.argnums)(*inputs)
        return found[0] if len(found) == 1 else found

    def inputs(self, values: Mapping[str, Any], dtype: Any) -> list[jax.Array]:
        """Return the claim's inputs, some of them replaced."""
        given = {**self.claim.inputs, **{name: self._like(name, values[name]) for name in values}}
        return [jnp.asarray(np.asarray(value, np.float64), dtype) for value in given.values()]

    def _like(self, name: str, value: Any) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, np.float64), np.shape(self.claim.inputs[name]))

    def judged(self) -> Report:
        """Ask the judgement."""
        inputs = self.inputs({}, jnp.float32)
        if self.claim.wrt:
            loss = _with_names(lambda *given: self.meaning.of(*given), self.claim.inputs)
            one = self.argnums[0] if len(self.argnums) == 1 else self.argnums
            return check_gradient(loss, self.said, *inputs, argnums=one, vary=False)

        def weighted(c: Any, *given: Any) -> Any:
            return jnp.sum(c * self.meaning.of(*given))

        def value(c: Any, *given: Any) -> Any:
            return self.said(*given)

        shape = jax.eval_shape(self.meaning.of, *inputs).shape
        c = jnp.linspace(0.5, 1.5, max(1, int(np.prod(shape)))).reshape(shape)
        loss = _with_names(weighted, ["value", *self.claim.inputs])
        return check_gradient(loss, value, c, *inputs, vary=False)


def _with_names(function: Callable[..., Any], names: Sequence[str] | Mapping[str, Any]) -> Any:
    """Return the function with named arguments, for the report."""
    kind = inspect.Parameter.POSITIONAL_ONLY
    parameters = [inspect.Parameter(name, kind) for name in names]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function
