"""What a variable holds: arrays, trees of them, and objects that keep arrays as attributes."""

import copy
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

#: Objects in objects are looked into so deep: a network, its layers, their parameters.
_DEEP = 3
#: What has no parts, and is met too often to ask JAX.
_PLAIN = frozenset({bool, int, float, complex, str, bytes, type, np.ndarray})
_PLAIN |= {types.ModuleType, types.FunctionType, types.BuiltinFunctionType}
_NO_CONTENTS = (type, types.ModuleType, types.FunctionType, types.MethodType, jax.Array, np.ndarray)


def map_contents(function: Callable[[Any], Any], content: Any, deep: int = _DEEP) -> Any:
    """Map over the leaves of a variable's content, attributes of objects included.

    Objects are copied, so that they stay what they are now. Content whose parts cannot be put in
    order is returned as it is.
    """
    kind = type(content)
    if kind in _PLAIN:
        return function(content)
    if kind is list or kind is tuple:
        return kind([map_contents(function, part, deep) for part in content])
    if kind is dict:
        return {key: map_contents(function, part, deep) for key, part in content.items()}

    def leaf_or_object(leaf: Any) -> Any:
        found = function(leaf)
        if found is not leaf or not deep or not is_object(leaf):
            return found
        inside = {name: map_contents(function, part, deep - 1) for name, part in vars(leaf).items()}
        return _with(leaf, inside)

    try:
        return jax.tree.map(leaf_or_object, content)
    except (TypeError, ValueError):
        return content


def is_object(content: Any) -> bool:
    """Whether something has attributes of its own: no function, even wrapped, array or module."""
    plain = not isinstance(content, _NO_CONTENTS) and not hasattr(content, "__wrapped__")
    return plain and hasattr(content, "__dict__")


def named_parts(name: str, content: Any, deep: int = _DEEP) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a variable's content, each as it is written."""
    for path, leaf in jax.tree_util.tree_leaves_with_path(content):
        text = name + jax.tree_util.keystr(path)
        if not deep or not is_object(leaf):
            yield text, leaf
            continue
        for key, part in vars(leaf).items():
            if key.isidentifier():
                yield from named_parts(f"{text}.{key}", part, deep - 1)


def _with(content: Any, attributes: Mapping[str, Any]) -> Any:
    """Return a copy of an object with other attributes."""
    try:
        changed = copy.copy(content)
        vars(changed).update(attributes)
    except Exception:  # noqa: BLE001  the author's class may refuse to be copied
        return content
    return changed
