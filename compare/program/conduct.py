"""Whether a function can be judged by its trace: it changes nothing, and does the same twice.

A function is run by JAX on stand-ins for its arrays, once. One that draws random numbers in Python,
changes its arguments or keeps things elsewhere would be judged by what it happened to do then.
"""

import inspect
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.program.place import Place
from compare.program.program import Equation, Program
from compare.program.state import changed, kept_elsewhere, line_that_changes
from compare.program.trace import trace_of


class ConductError(TypeError):
    """A function that is no function of its arguments; the message says how, and on which line."""


def examine(function: Callable[..., Any], name: str, arguments: Sequence[Any]) -> tuple[str, ...]:
    """Return what is odd about a function, in sentences.

    A function that does not run is left to whoever asks for its result.

    Args:
        function: Somebody's.
        name: What it is called in messages: "the loss", "the derivation".
        arguments: What it takes; float arrays are traced.

    Raises:
        ConductError: If it is no function, does not take the arguments, changes them, or does
            something else on the second run.
    """
    _callable(function, name, arguments)
    before = kept_elsewhere(function)
    first = _traced(function, name, arguments)
    between = kept_elsewhere(function)
    second = _traced(function, name, arguments)
    if first is None or second is None:
        return ()
    if apart := _apart(first, second):
        raise ConductError(
            f"{name} is not deterministic{_at(apart[0])}: two runs on the same arguments computed "
            "different things; draw random numbers with jax.random from a key among the arguments"
        )
    again = kept_elsewhere(function)
    names = [what for what in changed(between, again) if what in changed(before, between)]
    return tuple(
        f"{name} changes {what}, which is none of its arguments; JAX runs it once, when it is "
        "traced, and leaves stand-ins for arrays there: return what you need instead"
        for what in names
    )


def _callable(function: Any, name: str, arguments: Sequence[Any]) -> None:
    if not callable(function):
        kind = type(function).__name__
        article = "an" if kind[0].lower() in "aeiou" else "a"
        raise ConductError(f"{name} is {article} {kind}; wanted a function")
    for strange, what in (
        (inspect.iscoroutinefunction, "a coroutine (async def)"),
        (inspect.isgeneratorfunction, "a generator (it has a yield)"),
    ):
        if strange(function):
            raise ConductError(f"{name} is {what}{_defined(function)}; wanted a plain function")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # builtins and some C functions have none
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise ConductError(
            f"{name} does not take the {len(arguments)} arguments given{_defined(function)}: "
            f"{error}"
        ) from error


def _traced(function: Callable[..., Any], name: str, arguments: Sequence[Any]) -> Program | None:
    """Return the program of a function, or None when it does not run.

    Raises:
        ConductError: If it changed its arguments.
    """
    leaves, tree = jax.tree.flatten(tuple(arguments))
    floats = [k for k, leaf in enumerate(leaves) if _is_float(leaf)]
    found: list[str] = []

    def of(*arrays: Any) -> Any:
        own = [np.array(leaf) if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
        for k, array in zip(floats, arrays, strict=True):
            own[k] = array
        given = jax.tree.unflatten(tree, own)
        result = function(*given)
        found.extend(_differences(given, tree, own, leaves, set(floats)))
        return [leaf for leaf in jax.tree.leaves(result) if isinstance(leaf, jax.Array)]

    try:
        program = trace_of(of, *(jnp.asarray(leaves[k]) for k in floats)).unrolled
    except Exception:  # noqa: BLE001  whatever it is, it will be told when its result is asked for
        program = None
    if found:
        what = _argument(function, found[0])
        at = line_that_changes(function)
        raise ConductError(
            f"{name} changes its argument{what}{at or _defined(function)}; make a new value, and "
            "leave the arguments as they are: the caller's own would be changed"
        )
    return program


def _differences(
    given: Any, tree: Any, own: Sequence[Any], leaves: Sequence[Any], traced: set[int]
) -> list[str]:
    """Return the paths in the arguments that are no longer as they were."""
    with_path, now = jax.tree.flatten_with_path(given)
    if now != tree:
        before = jax.tree.leaves_with_path(jax.tree.unflatten(tree, own))
        paths = dict(with_path)
        gone = [path for path, _ in before if path not in paths]
        extra = [path for path in paths if path not in dict(before)]
        return [jax.tree_util.keystr(path) for path in (*gone, *extra)] or [""]
    return [
        jax.tree_util.keystr(path)
        for k, (path, leaf) in enumerate(with_path)
        if leaf is not own[k]
        or (k not in traced and isinstance(leaf, np.ndarray) and not _equal(leaf, leaves[k]))
    ]


def _apart(first: Program, second: Program) -> list[Place | None]:
    """Return where two programs differ first, in a list; empty when they are the same."""
    for one, other in zip_longest(first.equations, second.equations):
        if one is None or other is None or not _same(one, other, first, second):
            return [(one or other).place]
    pairs = zip_longest(first.outputs, second.outputs)
    return [] if all(_same_value(a, b, first, second) for a, b in pairs) else [None]


def _same(one: Equation, other: Equation, first: Program, second: Program) -> bool:
    if one.primitive != other.primitive or len(one.inputs) != len(other.inputs):
        return False
    pairs = zip(one.inputs, other.inputs, strict=True)
    return all(_same_value(a, b, first, second) for a, b in pairs)


def _same_value(one: Any, other: Any, first: Program, second: Program) -> bool:
    if (one in first.constants) != (other in second.constants):
        return False
    if one not in first.constants:
        return bool(one == other)
    return _equal(first.constants_on_host[one], second.constants_on_host[other])


def _equal(one: Any, other: Any) -> bool:
    try:
        inexact = jnp.issubdtype(np.asarray(one).dtype, jnp.inexact)  # bfloat16 too
        return bool(np.array_equal(one, other, equal_nan=bool(inexact)))
    except (TypeError, ValueError):  # a key, or no array: not what is asked about here
        return True


def _argument(function: Callable[..., Any], path: str) -> str:
    """Return a path into the arguments as its author would write it, with a space before."""
    number, _, rest = path.removeprefix("[").partition("]")
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    if number.isdigit() and int(number) < len(names):
        return f" {names[int(number)]}{rest}"
    return ""


def _is_float(leaf: Any) -> bool:
    if not isinstance(leaf, (jax.Array, np.ndarray)):
        return False
    return bool(jnp.issubdtype(leaf.dtype, jnp.floating))


def _at(place: Place | None) -> str:
    return f" at {place}  {place.code}" if place else ""


def _defined(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f" (at {code.co_filename}:{code.co_firstlineno})" if code else ""
