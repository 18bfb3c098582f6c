"""The author's source text, as a syntax tree: what an expression is called, what it is made of."""

import ast
import functools
import linecache
from collections.abc import Iterator

from compare.program import Place


@functools.lru_cache(maxsize=256)
def _tree(file: str, text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def tree_of(file: str) -> ast.Module | None:
    """Return the syntax tree of a file, or None when it cannot be read."""
    linecache.checkcache(file)
    return _tree(file, "".join(linecache.getlines(file)))


def expression_at(place: Place) -> ast.expr | None:
    """Return the expression at a place: the smallest that spans its columns."""
    best: ast.expr | None = None
    for node in _nodes(place.file):
        if isinstance(node, ast.expr) and _starts(node) == (place.line, place.columns[0]):
            if node.end_lineno == place.line and node.end_col_offset == place.columns[1]:
                return node
            if node.end_lineno != place.line and (best is None or _span(node) > _span(best)):
                best = node  # it goes on below the line; the columns mark only its first line
    return best


def assigned_name(place: Place) -> str:
    """Return the variable that an expression is assigned to, "" when it is only a part."""
    expression = expression_at(place)
    for node in _nodes(place.file):
        if isinstance(node, ast.Assign) and node.value is expression and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
                return ast.unparse(target)
        if isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is expression:
            return ast.unparse(node.target)
    return ""


def text_of(place: Place) -> str:
    """Return the source text of an expression on one line."""
    expression = expression_at(place)
    return ast.unparse(expression) if expression is not None else ""


def statement_lines(place: Place) -> tuple[int, int]:
    """Return the first and last line of the statement that a place stands in."""
    best = (place.line, place.line)
    size = float("inf")
    for node in _nodes(place.file):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.end_lineno:
            if node.lineno <= place.line <= node.end_lineno:
                if node.end_lineno - node.lineno < size:
                    best, size = (node.lineno, node.end_lineno), node.end_lineno - node.lineno
    return best


def unpacked(place: Place) -> dict[str, str]:
    """Return what a function calls the parts of its arguments: ``{"params[0].weight": "w1"}``.

    Read from its unpacking statements, such as ``(w1, b1), (w2, b2) = params``.
    """
    found: dict[str, str] = {}
    for function in _nodes(place.file):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if function.name != place.function:
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                _unpack(node.targets[0], ast.unparse(node.value), found)
    return found


def _unpack(target: ast.expr, path: str, found: dict[str, str]) -> None:
    if isinstance(target, (ast.Tuple, ast.List)):
        for k, part in enumerate(target.elts):
            _unpack(part, f"{path}[{k}]", found)
    elif isinstance(target, ast.Name):
        found.setdefault(found.get(path, path), target.id)
        found[path] = target.id


def _nodes(file: str) -> Iterator[ast.AST]:
    tree = tree_of(file)
    return iter(_walked(tree)) if tree is not None else iter(())


@functools.lru_cache(maxsize=256)
def _walked(tree: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def _starts(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _span(node: ast.expr) -> int:
    return (node.end_lineno or node.lineno) - node.lineno
