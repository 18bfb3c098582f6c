"""The author's source text as a syntax tree."""

import ast
import functools
import linecache
from collections.abc import Iterator
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)


def tree_of(file: str) -> ast.Module | None:
    """Return the syntax tree of a file, or None when it cannot be read."""
    linecache.checkcache(file)
    return _tree("".join(linecache.getlines(file)))


@functools.lru_cache(maxsize=256)
def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def statement_at(file: str, line: int) -> ast.stmt | None:
    """Return the simple statement that a line belongs to; None for the head of a compound one."""
    tree = tree_of(file)
    return _statements(tree).get(line) if tree is not None else None


def beside(file: str, node: ast.stmt) -> list[ast.stmt]:
    """Return the simple statements of a line, from left to right: ``a = 1; b = 2`` are two."""
    tree = tree_of(file)
    return _by_line(tree).get(node.lineno, [node]) if tree is not None else [node]


@functools.lru_cache(maxsize=256)
def _by_line(tree: ast.Module) -> dict[int, list[ast.stmt]]:
    found: dict[int, list[ast.stmt]] = {}
    for node in _simple(tree):
        found.setdefault(node.lineno, []).append(node)
    return {line: sorted(nodes, key=lambda n: n.col_offset) for line, nodes in found.items()}


@functools.lru_cache(maxsize=256)
def _statements(tree: ast.Module) -> dict[int, ast.stmt]:
    found: dict[int, ast.stmt] = {}
    for node in _simple(tree):
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            found[line] = node
    return found


def _simple(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that have no statements in them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def expression_of(statement: ast.stmt) -> ast.expr | None:
    """Return what a statement evaluates; for ``a += b`` the sum ``a + b``."""
    if isinstance(statement, ast.AugAssign):
        return _sum_of(statement)
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)):
        return statement.value
    return None


@functools.lru_cache(maxsize=256)
def _sum_of(statement: ast.AugAssign) -> ast.expr:
    target = ast.parse(ast.unparse(statement.target), mode="eval").body
    ast.copy_location(target, statement.target)
    whole = ast.BinOp(target, statement.op, statement.value)
    return ast.copy_location(whole, statement)


def parts(root: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression and all expressions in it, outside first, in reading order."""
    yield root
    for child in ast.iter_child_nodes(root):
        if isinstance(child, ast.expr):
            yield from parts(child)
        elif isinstance(child, (ast.keyword, ast.comprehension)):
            inner = child.value if isinstance(child, ast.keyword) else child.iter
            yield from parts(inner)


def names_in(node: ast.AST) -> frozenset[str]:
    """Return the variables that a piece of source mentions."""
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def span(node: ast.expr) -> tuple[int, int, int]:
    """Return first line, first column and last column of its first line, as a ``Place`` has them.

    The last column is -1 where the expression goes on below.
    """
    end = node.end_col_offset or 0
    return node.lineno, node.col_offset, end if node.end_lineno == node.lineno else -1


def covers(node: ast.expr, line: int, columns: tuple[int, int]) -> bool:
    """Whether a stretch of source lies within an expression."""
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return start <= (line, columns[0]) and (line, columns[1]) <= end


def put(around: Node, old: ast.AST, new: ast.AST) -> Node:
    """Return a copy of a piece of source with one part replaced; what stood there may stay."""

    def copied(node: Any) -> Any:
        if node is old:
            return new
        if isinstance(node, list):
            return [copied(part) for part in node]
        if not isinstance(node, ast.AST):
            return node
        fields = {name: copied(content) for name, content in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    made: Node = copied(around)
    return made


def text_at(file: str, line: int, first: int, last: int) -> str:
    """Return the expression at a stretch of one line, written evenly; "" when there is none."""
    text = linecache.getline(file, line).encode()[first:last].decode(errors="replace").strip()
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return ""
