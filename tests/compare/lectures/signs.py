"""A transcription with one of its signs changed, its own or one of a function that it calls.

Left out are the functions of ``plain`` and of each lecture's network: those are the forward side,
which the reference is made of as well, so that a sign there is not one of the transcription; and
the partials that an equation takes as known, which come from the question and are not claimed.
The minus of ``axis=-1`` and of an index counts from the end and is no sign.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, SimpleNamespace
from typing import Any

from manual_backprop.lectures import stable

_OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add}
_FORWARD = ("plain", "network")


def changed(said: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the function with each of its signs changed in turn; without any, negated."""
    plain = _plain(said)
    for helper in (plain, *helpers(said)):
        tree = ast.parse(textwrap.dedent(inspect.getsource(helper)))
        places: list[int | None] = [*_places(tree)]
        if helper is plain and not signs(said):
            places = [None]
        for place in places:
            mutant = copy.deepcopy(tree)
            if place is None:
                _negate_the_result(mutant)
            else:
                _change(list(ast.walk(mutant))[place])
            yield ast.unparse(mutant), _with(plain, helper, mutant)


def helpers(said: Callable[..., Any]) -> list[FunctionType]:
    """Return the catalogue's functions that a transcription calls, and those that they call."""
    found: list[FunctionType] = []
    left = [_plain(said)]
    while left:
        function = left.pop()
        names = function.__code__.co_names
        from_stable = vars(stable) if "stable" in names else {}
        for name in names:
            other = function.__globals__.get(name, from_stable.get(name))
            if not callable(other) or not isinstance(inspect.unwrap(other), FunctionType):
                continue
            other = _plain(other)
            if _is_transcribed(other) and other not in found:
                found.append(other)
                left.append(other)
    return found


def signs(said: Callable[..., Any]) -> int:
    """Return how many signs a function has, with those of the functions that it calls."""
    sources = [inspect.getsource(one) for one in (_plain(said), *helpers(said))]
    return sum(len(_places(ast.parse(textwrap.dedent(text)))) for text in sources)


def _plain(function: Callable[..., Any]) -> FunctionType:
    plain = inspect.unwrap(function)
    assert isinstance(plain, FunctionType)
    return plain


def _is_transcribed(function: FunctionType) -> bool:
    package, _, module = function.__module__.rpartition(".")
    return package.startswith("manual_backprop.lectures") and module not in _FORWARD


def _with(plain: FunctionType, helper: FunctionType, mutant: ast.Module) -> Callable[..., Any]:
    """Return the transcription with one function, its own or another, replaced by a mutant."""
    names = dict(helper.__globals__)
    exec(compile(ast.fix_missing_locations(mutant), "<changed>", "exec"), names)
    made: Callable[..., Any] = names[helper.__name__]
    if helper is plain:
        return made
    around = dict(plain.__globals__)
    if helper.__module__ == stable.__name__ and "stable" in around:
        around["stable"] = SimpleNamespace(**(vars(stable) | {helper.__name__: made}))
    for name, value in plain.__globals__.items():
        own = inspect.unwrap(value) if callable(value) else value
        if own is helper:
            around[name] = made
        elif isinstance(own, FunctionType) and own.__globals__ is plain.__globals__:
            around[name] = FunctionType(own.__code__, around, own.__name__, own.__defaults__)
    return FunctionType(plain.__code__, around, plain.__name__, plain.__defaults__)


def _places(tree: ast.AST) -> list[int]:
    """Return where in a walk the signs are; that of an axis or an index is none of the equation."""
    nodes = list(ast.walk(tree))
    axes = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "axis"]
    axes += [node.slice for node in nodes if isinstance(node, ast.Subscript)]
    return [k for k, node in enumerate(nodes) if _is_sign(node) and node not in axes]


def _is_sign(node: ast.AST) -> bool:
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        return type(node.op) in _OTHER
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _change(node: Any) -> None:
    node.op = ast.UAdd() if isinstance(node, ast.UnaryOp) else _OTHER[type(node.op)]()


def _negate_the_result(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Return):
            if isinstance(node.value, ast.Tuple):
                first = node.value.elts
                first[0] = ast.UnaryOp(ast.USub(), first[0])
            else:
                node.value = ast.UnaryOp(ast.USub(), node.value)
