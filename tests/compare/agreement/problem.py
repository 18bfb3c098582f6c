"""A loss, its derivation and where they are compared; shared by the tests of the judgement."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from compare import Report, check_gradient


class Problem(NamedTuple):
    """What ``check_gradient`` is asked."""

    loss: Callable[..., Any]
    gradient: Callable[..., Any]
    args: tuple[Any, ...]
    options: Mapping[str, Any] = MappingProxyType({})

    def ask(self, **options: Any) -> Report:
        """Compare at the arguments alone, and do not search for the cause."""
        asked = {"vary": False, "explain": False, **self.options, **options}
        return check_gradient(self.loss, self.gradient, *self.args, **asked)


def draw(*shape: int, seed: int = 0, scale: float = 1.0, dtype: str = "float32") -> jax.Array:
    """Draw normal numbers."""
    values = scale * np.random.default_rng((seed, *shape)).standard_normal(shape)
    return jnp.asarray(values.astype(np.float32)).astype(dtype)


def verdicts(report: Report) -> dict[str, str]:
    return {node.name: node.verdict for node in report.nodes}
