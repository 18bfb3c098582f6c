"""What the code of somebody's function says: its instructions, and what it uses of its module."""

import hashlib
import inspect
import platform
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import jax
import numpy as np

#: What instructions are kept under: every Python has its own.
INSTRUCTIONS = ", instructions of Python "
PYTHON = ".".join(platform.python_version_tuple()[:2])


def digests(function: FunctionType) -> dict[str, str]:
    """Return digests of a function's code, by what they are of."""
    code = function.__code__
    return {
        "code": _digest(_in_every_python(code)),
        f"code{INSTRUCTIONS}{PYTHON}": _digest(_instructions(code)),
    }


def comparable(name: str, *sides: Mapping[str, Any]) -> bool:
    """Return whether what has this name can be compared: another Python's instructions cannot."""
    return INSTRUCTIONS not in name or all(name in side for side in sides)


def used(function: FunctionType) -> dict[str, Any]:
    """Return what a function uses of its own module: plain values, arrays and functions.

    What those functions use is among it, each once.
    """
    found: dict[str, Any] = {}
    asked = [function]
    while asked:
        each = asked.pop()
        for name in sorted(set(_names(each.__code__)) & set(each.__globals__)):
            value = each.__globals__[name]
            if name not in found and _is_told(value, function):
                found[name] = value
                inner = inspect.unwrap(value) if callable(value) else value
                asked += [inner] if isinstance(inner, FunctionType) else []
    return {name: value for name, value in found.items() if value is not function}


def _is_told(value: Any, function: FunctionType) -> bool:
    if isinstance(value, (bool, int, float, str, np.ndarray, np.generic, jax.Array)):
        return True
    if not callable(value) or isinstance(value, type):
        return False
    return getattr(inspect.unwrap(value), "__module__", None) == function.__module__


def _in_every_python(code: CodeType) -> tuple[Any, ...]:
    """Return what a function's code says, in every Python alike: its names and numbers."""
    numbers = [
        _in_every_python(part) if isinstance(part, CodeType) else part
        for part in code.co_consts
        if isinstance(part, (CodeType, int, float))
    ]
    return (code.co_names, tuple(numbers))


def _instructions(code: CodeType) -> tuple[Any, ...]:
    """Return all that a function's code does, its texts included."""
    parts = [_instructions(part) for part in code.co_consts if isinstance(part, CodeType)]
    texts = [part for part in code.co_consts if isinstance(part, str)]
    return (code.co_code, tuple(texts), tuple(parts))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
