"""A function as plain values by name: an optax transformation is functions in functions.

What it was made with, learning rate and schedule included, stands in their closures. Read from
there, two calls of ``optax.adam`` can be told apart, and the difference named. Of functions that
are nobody's library, schedules and derivations, the code is read, too, and what it uses of its
module.
"""

import functools
import hashlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.training.keeping import code

Found = Iterator[tuple[str, Any]]

#: Packages whose functions are known by their names: their code may change with a version.
LIBRARIES = ("optax", "jax", "numpy", "functional_nn", "manual_backprop", "compare")


def described(name: str, value: object) -> dict[str, Any]:
    """Return the plain values in an object, by the way that leads to each."""
    return dict(_walk(name, value, ()))


def _walk(name: str, value: Any, above: tuple[int, ...]) -> Found:
    if value is None or isinstance(value, (bool, int, float, str)):
        yield name, value
    elif id(value) in above:
        yield name, "itself"
    elif isinstance(value, (np.ndarray, np.generic, jax.Array)):
        yield name, _array(value)
    elif callable(value) or isinstance(value, functools.partial):
        yield from _called(name, value, (*above, id(value)))
    else:
        yield from _held(name, value, (*above, id(value)))


def _held(name: str, value: Any, above: tuple[int, ...]) -> Found:
    """Look into a container or a record."""
    if isinstance(value, Mapping):
        parts = {f"[{key!r}]": part for key, part in value.items()}
    elif hasattr(value, "_asdict"):
        parts = {f".{key}": part for key, part in value._asdict().items()}
    elif isinstance(value, (tuple, list)):
        parts = {f"[{number}]": part for number, part in enumerate(value)}
    elif is_dataclass(value):
        parts = {f".{field.name}": getattr(value, field.name) for field in fields(value)}
    else:
        yield name, type(value).__qualname__
        return
    for step, part in parts.items():
        yield from _walk(f"{name}{step}", part, above)


def _called(name: str, value: Any, above: tuple[int, ...], look_around: bool = True) -> Found:
    """Look into a function: what it closes over, its defaults, and what it uses of its module."""
    value = inspect.unwrap(value)
    if isinstance(value, functools.partial):
        yield from _walk(f"{name}.func", value.func, above)
        yield from _held(name, {**dict(enumerate(value.args)), **value.keywords}, above)
        return
    if inspect.ismethod(value):
        yield from _walk(f"{name}.self", value.__self__, above)
        value = value.__func__
    yield name, getattr(value, "__qualname__", type(value).__qualname__)
    if not isinstance(value, FunctionType):
        if not isinstance(value, type) and hasattr(value, "__dict__"):
            yield from _held(name, vars(value), above)
        return
    if (value.__module__ or "").partition(".")[0] not in LIBRARIES:
        for part, says in code.digests(value).items():
            yield f"{name} {part}", says
        for used, part in code.used(value).items() if look_around else ():
            if callable(part):  # what it uses is among what this one does
                yield from _called(f"{name} uses {used}", part, above, look_around=False)
            else:
                yield from _walk(f"{name} uses {used}", part, above)
    yield from _held(name, dict(enumerate(value.__defaults__ or ())), above)
    yield from _held(name, value.__kwdefaults__ or {}, above)
    for inner, part in _closed_over(value).items():
        yield from _walk(f"{name}.{inner}", part, above)


def _closed_over(function: FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    found = {}
    for inner, cell in cells:
        try:
            found[inner] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


def _array(value: Any) -> Any:
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    table = np.asarray(value)
    if table.ndim == 0 and table.dtype.kind in "biuf":
        return table.item()
    content = hashlib.sha256(np.ascontiguousarray(table).tobytes()).hexdigest()[:16]
    return f"{table.dtype} {list(table.shape)} {content}"
