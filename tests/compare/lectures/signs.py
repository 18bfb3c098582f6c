"""A transcription with one of its signs changed."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

_OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add}


def changed(said: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the function with each of its signs changed in turn; without any, negated."""
    plain = inspect.unwrap(said)
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    places = [k for k, node in enumerate(ast.walk(tree)) if _is_sign(node)]
    for place in places or [None]:
        mutant = copy.deepcopy(tree)
        if place is None:
            _negate_the_result(mutant)
        else:
            _change(list(ast.walk(mutant))[place])
        names = dict(plain.__globals__)
        exec(compile(ast.fix_missing_locations(mutant), "<changed>", "exec"), names)
        yield ast.unparse(mutant), names[plain.__name__]


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


def signs(said: Callable[..., Any]) -> int:
    """Return how many signs a function has."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(said)))
    return sum(map(_is_sign, ast.walk(ast.parse(source))))
