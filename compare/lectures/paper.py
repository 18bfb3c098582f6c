"""A claim's function without rounding, and how far it moves when its inputs do."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import jax
import mpmath
import numpy as np

from compare.program import trace, with_float64
from compare.program.in_digits import evaluate, exact

#: Decimal digits that are carried: all that cancel above the smallest number of the precision,
#: and what the differences below need.
DIGITS = {"float32": 120, "float64": 400}
#: Relative step of the differences: nothing cancels in as many digits.
STEP = 1e-30


class Paper:
    """A function as it stands on paper.

    Args:
        function: Of the inputs, by position.
        inputs: Arrays like those.
    """

    def __init__(self, function: Callable[..., Any], inputs: Sequence[jax.Array]) -> None:
        with with_float64():
            wide = [jax.numpy.asarray(np.asarray(value, np.float64)) for value in inputs]
            self._program, _ = trace(function, *wide, write_out=True)

    def at(self, inputs: Sequence[np.ndarray], precision: str) -> np.ndarray:
        """Return its values, all leaves in a row, each rounded once at the very end."""
        return self._run(inputs, precision).astype(np.float64)

    def moved_by(
        self, inputs: Sequence[np.ndarray], free: Collection[int], precision: str
    ) -> np.ndarray:
        """Return  Σ |x · ∂f/∂x|  over the elements x of the inputs that are ``free``.

        Times the rounding of a number, that is what rounded inputs alone do to the value.
        """
        here = self._run(inputs, precision)
        total = 0 * here
        with mpmath.workdps(DIGITS[precision]):
            for position in free:
                value = exact(np.asarray(inputs[position], np.float64))
                for element in np.flatnonzero(inputs[position]):
                    other = value.copy()
                    other.reshape(-1)[element] *= 1 + mpmath.mpf(STEP)
                    there = [*inputs[:position], other, *inputs[position + 1 :]]
                    total = total + np.abs(self._run(there, precision) - here) / STEP
        return total.astype(np.float64)

    def _run(self, inputs: Sequence[np.ndarray], precision: str) -> np.ndarray:
        leaves = evaluate(self._program, inputs, DIGITS[precision])
        return np.concatenate([np.asarray(leaf, object).reshape(-1) for leaf in leaves])
