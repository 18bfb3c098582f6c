"""Where in its source a function writes one part of what it returns."""

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: What a method can be called on without parentheses.
_TIGHT = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)


@dataclass(frozen=True, eq=False)
class Written:
    """An expression in a file.

    Attributes:
        file: Of the function.
        node: The expression.
    """

    file: str
    node: ast.expr

    @property
    def line(self) -> int:
        """Its first line, 1-based."""
        return self.node.lineno

    @property
    def code(self) -> str:
        """The line's text."""
        return linecache.getline(self.file, self.line).rstrip()

    @property
    def columns(self) -> tuple[int, int]:
        """First and last column; (0, 0) when it goes on below."""
        if self.node.end_lineno != self.node.lineno:
            return (0, 0)
        return self.node.col_offset, self.node.end_col_offset or 0

    @property
    def text(self) -> str:
        """The expression."""
        return ast.unparse(self.node)

    def followed_by(self, call: str) -> str:
        """Return the expression with a method called on it."""
        return f"{self.text}{call}" if isinstance(self.node, _TIGHT) else f"({self.text}){call}"


def returned_at(function: Callable[..., Any], path: tuple[Any, ...]) -> Written | None:
    """Return the expression that a part of a function's result is, as far as the text tells.

    Args:
        function: Somebody's; it returns tuples, lists and dictionaries that it writes out.
        path: Into its result, as ``jax.tree.flatten_with_path`` has it.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    linecache.checkcache(code.co_filename)
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and code.co_firstlineno in _lines(node):
            returns = [n for n in _own(node) if isinstance(n, ast.Return) and n.value]
            if len(returns) != 1 or returns[0].value is None:
                return None
            found = _followed(returns[0].value, path, node)
            return Written(code.co_filename, found) if found is not None else None
    return None


def _lines(node: ast.FunctionDef) -> set[int]:
    return {node.lineno, *(decorator.lineno for decorator in node.decorator_list)}


def _own(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    """Yield a function's statements, without those of functions inside it, in order."""
    todo: list[ast.stmt] = list(function.body)
    while todo:
        statement = todo.pop(0)
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            inner = [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.stmt)]
            todo = inner + todo


def _followed(
    node: ast.expr, path: tuple[Any, ...], function: ast.FunctionDef, depth: int = 8
) -> ast.expr | None:
    """Return the expression at a path into another one; names lead to what was assigned."""
    if isinstance(node, ast.Name) and depth:
        value = _assigned(node.id, function)
        if value is not None and _reads(node.id, function) == 1:  # nobody else wants it changed
            return _followed(value, path, function, depth - 1)
    if not path:
        return node
    key, rest = path[0], path[1:]
    if isinstance(node, (ast.Tuple, ast.List)) and hasattr(key, "idx"):
        if any(isinstance(element, ast.Starred) for element in node.elts):
            return None
        return _followed(node.elts[key.idx], rest, function, depth) if node.elts else None
    if isinstance(node, ast.Dict) and hasattr(key, "key"):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key.key:
                return _followed(value, rest, function, depth)
    return None


def _reads(name: str, function: ast.FunctionDef) -> int:
    names = (node for node in ast.walk(function) if isinstance(node, ast.Name))
    return sum(node.id == name and isinstance(node.ctx, ast.Load) for node in names)


def _assigned(name: str, function: ast.FunctionDef) -> ast.expr | None:
    """Return what a name was assigned, if that happened once."""
    values = [value for s in _own(function) for value in _values_for(name, s)]
    used = [s for s in _own(function) if isinstance(s, ast.AugAssign) and _is(s.target, name)]
    return values[0] if len(values) == 1 and not used else None


def _values_for(name: str, statement: ast.stmt) -> Iterator[ast.expr]:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target, value = statement.targets[0], statement.value
    if _is(target, name):
        yield value
        return
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple):
        return
    if len(target.elts) == len(value.elts):
        pairs = zip(target.elts, value.elts, strict=True)
        yield from (given for one, given in pairs if _is(one, name))


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name
