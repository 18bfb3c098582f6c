"""What is fixed in a graph, in one form: compared, hashed, written down."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np


def frozen_constant(value: Any) -> Any:
    """Return a constant as a number, or as nested tuples of numbers.

    Raises:
        TypeError: If it is no real number and no array of them.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{_short(value)} is no value of a graph: its rows differ in length, or it is being "
            "computed; give a symbol, a number, or an array whose rows are equally long"
        ) from error
    if jnp.issubdtype(array.dtype, jnp.floating):
        array = array.astype(np.float64)
    elif not np.issubdtype(array.dtype, np.integer):
        kind = "complex number" if np.iscomplexobj(array) else type(value).__name__
        raise TypeError(
            f"a {kind} is no value of a graph; give a symbol or real numbers, not {_short(value)}"
        )
    return frozen(array.tolist())


def frozen(value: Any) -> Any:
    """Return a value with its lists as tuples, and the one nan that is equal to itself there.

    Python's tuples compare identical things as equal, so a graph with ``math.nan`` in it equals
    itself read back.
    """
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    return math.nan if isinstance(value, float) and math.isnan(value) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
