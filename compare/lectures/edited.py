"""A transcription with an edit made in its source, so that it can be tried anew.

The search for an edit keeps what is no parameter as it was given. What it finds is made here in
the text, wherever in the module that is, and run at inputs that are all drawn afresh.
"""

import ast
import inspect
import linecache
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from compare.program.signature import begins
from compare.repair.source import put
from compare.report import Diagnosis

_EDIT = re.compile(r"`(?P<old>[^`]+)` -> `(?P<new>[^`]+)`")
_CALL = re.compile(r"\.(?P<old>\w+) -> \.(?P<new>\w+) in `(?P<inside>[^`]+)`")


@dataclass(frozen=True, eq=False)
class Edited:
    """An edit that was made.

    Attributes:
        said: The transcription with it.
        text: The edit, with as much around it as it takes to be found in its statement.
    """

    said: Callable[..., Any]
    text: str


def edited(said: Callable[..., Any], edit: str, found: Diagnosis) -> Edited | None:
    """Return a transcription with an edit made; None where it is not plain where that goes.

    Args:
        said: The transcription, or what calls it first.
        edit: In source text, as a diagnosis tells it.
        found: Where it was found; of several places with the same text, that one is meant.
    """
    parts = _parts(edit)
    plain = inspect.unwrap(said)
    if parts is None or not isinstance(plain, FunctionType):
        return None
    old, new = parts
    module = ast.parse("".join(linecache.getlines(plain.__code__.co_filename)))
    places = [
        (function, node) for function in _functions(module, plain) for node in _same(function, old)
    ]
    at = [place for place in places if _where(place[1]) == (found.line, found.columns[0])]
    if len(at or places) != 1:
        return None
    function, node = (at or places)[0]
    text = _told(function, node, old, new)
    made = _with(function, node, new)
    return Edited(_rebuilt(plain, made), text)


def _parts(edit: str) -> tuple[ast.AST, ast.AST] | None:
    """Return what an edit replaces, and by what."""
    if match := _EDIT.fullmatch(edit):
        texts = match["old"], match["new"]
    elif match := _CALL.fullmatch(edit):
        inside = match["inside"]
        texts = inside, re.sub(rf"\.{match['old']}\b", f".{match['new']}", inside, count=1)
    else:
        return None
    try:
        old, new = (ast.parse(text).body[0] for text in texts)
    except (SyntaxError, IndexError):
        return None
    if isinstance(old, ast.Expr) and isinstance(new, ast.Expr):
        return old.value, new.value
    return old, new


def _functions(module: ast.Module, plain: FunctionType) -> Iterator[ast.FunctionDef]:
    """Yield the transcription's definition, and those of the other functions of its module."""
    first = plain.__code__.co_firstlineno
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        if begins(node) == first or (node in module.body and node.name != plain.__name__):
            yield node


def _same(function: ast.FunctionDef, old: ast.AST) -> list[ast.AST]:
    wanted = ast.dump(old)
    return [node for node in ast.walk(function) if ast.dump(node) == wanted]


def _where(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _told(function: ast.FunctionDef, node: ast.AST, old: ast.AST, new: ast.AST) -> str:
    """Return the edit, widened until its text stands once in the statement."""
    parents = {id(child): one for one in ast.walk(function) for child in ast.iter_child_nodes(one)}
    statement = node
    while not isinstance(statement, ast.stmt):
        statement = parents[id(statement)]
    whole = ast.unparse(statement)
    while whole.count(ast.unparse(node)) > 1 and node is not statement:
        around = parents[id(node)]
        new, node = put(around, node, new), around
    return f"`{ast.unparse(node)}` -> `{ast.unparse(new)}`"


def _with(function: ast.FunctionDef, node: ast.AST, new: ast.AST) -> ast.FunctionDef:
    made = put(function, node, new)
    made.decorator_list = []
    return made


def _rebuilt(plain: FunctionType, made: ast.FunctionDef) -> Callable[..., Any]:
    """Return the transcription, with that function of its module, or itself, replaced."""
    names = dict(plain.__globals__) | dict(inspect.getclosurevars(plain).nonlocals)
    for name, value in plain.__globals__.items():
        own = inspect.unwrap(value) if callable(value) else value
        if isinstance(own, FunctionType) and own.__globals__ is plain.__globals__:
            names[name] = FunctionType(
                own.__code__, names, own.__name__, own.__defaults__, own.__closure__
            )
    tree = ast.fix_missing_locations(ast.Module([made], []))
    exec(compile(tree, "<edited>", "exec"), names)
    if made.name == plain.__name__:
        changed: Callable[..., Any] = names[made.name]
        return changed
    return FunctionType(
        plain.__code__, names, plain.__name__, plain.__defaults__, plain.__closure__
    )
