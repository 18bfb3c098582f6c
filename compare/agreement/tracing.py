"""Trace somebody's function; what goes wrong is told in terms of their code."""

from collections.abc import Callable
from typing import Any

import jax

from compare.agreement.errors import DerivationError
from compare.program import Trace, trace_of
from compare.program.place import place_of_exception

_UNTRACEABLE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerBoolConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)


def traced(function: Callable[..., Any], name: str, *inputs: jax.Array) -> Trace:
    """Trace a function at arrays like the inputs.

    Raises:
        DerivationError: If the function raises, or cannot be traced by JAX; with the line.
    """
    try:
        return trace_of(function, *inputs)
    except _UNTRACEABLE as error:
        raise DerivationError(
            f"{name} cannot be traced by JAX{_at(error)}: it branches on a value, indexes with "
            "one, or hands one to NumPy; write it with jax.numpy, jnp.where and lax.cond"
        ) from error
    except Exception as error:
        if place_of_exception(error) is None:  # not raised in the user's code: ours, or JAX's own
            raise
        raise DerivationError(
            f"{name} raised {type(error).__name__}{_at(error)}: {error}"
        ) from error


def _at(error: Exception) -> str:
    place = place_of_exception(error)
    return f" at {place}  {place.code}" if place else ""
