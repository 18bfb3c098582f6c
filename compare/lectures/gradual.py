"""A form in float32 or float64 where numbers below the smallest normal one are kept, or are not.

Compiled code may take such numbers for 0, as XLA's does on a CPU; NumPy keeps them, with fewer
digits. A form that breaks with them taken for 0, and not when they are kept, all else the same,
breaks by that alone.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from compare.program import run, trace
from compare.program.program import Equation
from compare.program.run import step


class Gradual:
    """A form, step by step on NumPy.

    Args:
        function: The form.
        inputs: Arrays like its own, of the precision that is meant.
    """

    def __init__(self, function: Callable[..., Any], inputs: Sequence[jax.Array]) -> None:
        self._dtype = inputs[0].dtype
        self._program, _ = trace(function, *inputs, write_out=True)

    def at(self, inputs: Sequence[np.ndarray], *, keep: bool) -> np.ndarray:
        """Return its values, all leaves in a row.

        Args:
            inputs: The inputs, all normal.
            keep: Whether smaller numbers are kept, and not taken for 0.
        """
        execute = functools.partial(self._step, keep=keep)
        leaves = run(self._program, list(inputs), execute=execute)
        return np.concatenate([np.ravel(np.asarray(leaf, np.float64)) for leaf in leaves])

    def _step(self, equation: Equation, operands: Sequence[Any], keep: bool) -> list[Any]:
        with np.errstate(all="ignore"):
            results = step(equation, [self._rounded(operand, keep=True) for operand in operands])
            return [self._rounded(result, keep) for result in results]

    def _rounded(self, content: Any, keep: bool) -> Any:
        array = np.asarray(content)
        if array.dtype.kind != "f":
            return array
        array = array.astype(self._dtype)
        small = np.abs(array) < np.finfo(self._dtype).tiny
        return array if keep else np.where(small, np.zeros_like(array), array)
