"""Trace somebody's function; what goes wrong is told in terms of their code."""

from collections.abc import Callable
from typing import Any

import jax

from compare.agreement.errors import DerivationError, GradientStructureError
from compare.program import Trace, trace_of
from compare.program.place import place_of_exception
from compare.program.untraceable import reason


def traced(function: Callable[..., Any], name: str, *inputs: jax.Array) -> Trace:
    """Trace a function at arrays like the inputs.

    Raises:
        DerivationError: If the function raises, or cannot be traced by JAX; with the line.
    """
    try:
        return trace_of(function, *inputs)
    except GradientStructureError:
        raise
    except Exception as error:
        if why := reason(error):
            raise DerivationError(f"{name} cannot be traced by JAX{_at(error)}: {why}") from error
        if place_of_exception(error) is None:  # not raised in the user's code: ours, or JAX's own
            raise
        raise DerivationError(
            f"{name} raised {type(error).__name__}{_at(error)}: {error}"
        ) from error


def _at(error: Exception) -> str:
    place = place_of_exception(error)
    return f" at {place}  {place.code.rstrip(':')}" if place else ""
