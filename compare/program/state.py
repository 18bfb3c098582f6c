"""What a function can reach besides its arguments, and which of its lines change an argument."""

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

#: Methods that change what they are called on.
_CHANGING = frozenset(
    {
        *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "update"),
        *("setdefault", "sort", "reverse", "fill", "add", "discard", "put", "resize"),
    }
)


def kept_elsewhere(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what a function mentions besides its arguments, as it is now.

    Values are told apart by identity; of lists, dictionaries, sets and objects, their contents are.
    """
    plain = inspect.unwrap(function)
    found: dict[str, Any] = {}
    owner = getattr(plain, "__self__", None)
    if owner is not None:
        found["self"] = _contents(owner)
    code = getattr(plain, "__code__", None)
    if code is None:
        return found
    namespace = plain.__globals__
    for name in (*code.co_names, *(n for inner in _inner(code) for n in inner.co_names)):
        if name in namespace and not isinstance(namespace[name], ModuleType):
            found[name] = _contents(namespace[name])
    for name, cell in zip(code.co_freevars, plain.__closure__ or (), strict=True):
        try:
            found[name] = _contents(cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    return found


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names whose contents are others now."""
    return [name for name in after if name in before and before[name] != after[name]]


def _contents(value: Any, depth: int = 2) -> Any:
    """Return something that is equal as long as a value is the same and holds the same."""
    if depth == 0 or callable(value) or isinstance(value, (str, bytes, int, float, ModuleType)):
        return value if isinstance(value, (str, bytes, int, float)) else id(value)
    if isinstance(value, dict):
        return id(value), [(repr(key), _contents(item, depth - 1)) for key, item in value.items()]
    if isinstance(value, (list, tuple, set)):
        return id(value), [_contents(item, depth - 1) for item in value]
    if hasattr(value, "__dict__") and not hasattr(value, "dtype"):
        return id(value), _contents(vars(value), depth)
    return id(value)


def _inner(code: Any) -> Iterator[Any]:
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield constant
            yield from _inner(constant)


def line_that_changes(function: Callable[..., Any]) -> str:
    """Return `` at file:line  code`` of the first statement that changes an argument; or ""."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return ""
    try:
        source, first = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(source)))
    except (OSError, SyntaxError, TypeError):
        return ""
    names = set(code.co_varnames[: code.co_argcount])
    found = [node for node in ast.walk(tree) if _changes(node, names)]
    lines = [node.lineno for node in found if isinstance(node, (ast.stmt, ast.expr))]
    if not lines:
        return ""
    line = first + min(lines) - 1
    return f" at {code.co_filename}:{line}  {linecache.getline(code.co_filename, line).strip()}"


def _changes(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, (ast.Assign, ast.Delete)):
        return any(_is_part(target, names) for target in node.targets)
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return _is_part(node.target, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in _CHANGING and _base(node.func.value) in names
    return False


def _is_part(target: ast.AST, names: set[str]) -> bool:
    return isinstance(target, (ast.Subscript, ast.Attribute)) and _base(target) in names


def _base(node: ast.AST) -> str:
    """Return the variable that an attribute or element is one of."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
