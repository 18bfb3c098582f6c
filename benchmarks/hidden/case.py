"""One rule, right and wrong, with inputs at which the two are the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

#: ``pull(g, output, *args)`` returns one cotangent an argument.
Pull = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class Case:
    """A function, and two ways to pull a cotangent back through it.

    Attributes:
        name: What the function is.
        hides: Where the mistake shows.
        function: The plain function.
        wrong: The rule with the mistake.
        right: Its sibling without.
        args: Where the author tried it.
        nondiff: Arguments that no gradient is taken of.
    """

    name: str
    hides: str
    function: Callable[..., Any]
    wrong: Pull
    right: Pull
    args: tuple[Any, ...]
    nondiff: tuple[int, ...] = ()

    def forward(self, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """Return output and residuals, as ``defvjp`` wants."""
        output = self.function(*args)
        return output, (output, args)

    def backward(self, pull: Pull) -> Callable[..., tuple[Any, ...]]:
        """Return a ``bwd`` made of one of the two rules."""

        def bwd(*given: Any) -> tuple[Any, ...]:
            *_, (output, args), g = given
            return pull(g, output, *args)

        return bwd


def draw(*shape: int, seed: int = 0) -> Any:
    """Return ordinary numbers of both signs, float32."""
    return jnp.asarray(np.random.default_rng(seed).standard_normal(shape), jnp.float32)


def positive(*shape: int, seed: int = 0) -> Any:
    """Return numbers between 0.2 and 1.5."""
    return jnp.asarray(np.random.default_rng(seed).uniform(0.2, 1.5, shape), jnp.float32)
