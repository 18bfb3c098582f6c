"""Refuse functions that cannot be judged by a trace, before any work is done, each in plain words.

One that raises or that JAX cannot trace is told of by ``traced``, which asks for its result.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from compare.agreement.errors import DerivationError
from compare.program.conduct import ConductError, examine


def examined(*functions: tuple[Callable[..., Any], str, Sequence[Any]]) -> tuple[str, ...]:
    """Return what is odd about functions, in sentences.

    Args:
        *functions: Each with what it is called in messages, and what it takes.

    Raises:
        DerivationError: If one is no function, does not take its arguments, changes them, or does
            something else on the second run; with the line.
    """
    try:
        return tuple(
            note for function, name, given in functions for note in examine(function, name, given)
        )
    except ConductError as error:
        raise DerivationError(str(error)) from error


def want_a_pair(**rule: Any) -> None:
    """Refuse a rule whose parts are no functions: the arguments, say, of a function that has one.

    Raises:
        DerivationError: If one of them is none.
    """
    for name, part in rule.items():
        if not callable(part):
            raise DerivationError(
                f"{name} is of type {type(part).__name__}; call check_rule(fun, fwd, bwd, *args), "
                "or audit(fun, *args) where fun has its rule already"
            )


def defined(function: Any) -> str:
    """Return `` (at file:line)`` of a function's definition; "" when it has none."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return f" (at {code.co_filename}:{code.co_firstlineno})" if code else ""
