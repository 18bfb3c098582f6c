"""Tell an edit in the author's own source text."""

import ast

from compare.repair.edits import Edit
from compare.repair.rewrites.writing import called
from compare.repair.source import put

_LONGEST = 60


def word(edit: Edit) -> str:
    """Return an edit as ``old -> new``, with as much around it as it takes to be found."""
    node, new = edit.change.node, edit.change.new
    if {called(node), called(new)} == {"sum", "mean"}:
        return f".{called(node)} -> .{called(new)} in `{_text(node)}`"
    while (around := _around(edit, node)) is not None:
        new = put(around, node, new)
        node = around
    added = isinstance(edit.reading.statement.node, ast.AugAssign)
    if node is edit.reading.statement.root and (added or _is_alone(node)):
        return f"`{edit.reading.statement.text}` -> `{_statement(edit, new)}`"
    return f"`{_text(node)}` -> `{_text(new)}`"


def line(edit: Edit) -> int:
    """Return the line that an edit is made in."""
    return edit.change.node.lineno


def columns(edit: Edit) -> tuple[int, int]:
    """Return the first and last column of what is changed, in its first line."""
    node: ast.expr = edit.change.node
    while (around := _around(edit, node)) is not None:
        node = around
    if node.end_lineno != node.lineno:
        return (0, 0)
    return node.col_offset, node.end_col_offset or 0


def _around(edit: Edit, node: ast.expr) -> ast.expr | None:
    """Return the expression around one that says too little by itself; None when it is enough."""
    if not isinstance(node, (ast.Name, ast.Constant)):
        return None
    parent = edit.reading.parents.get(id(node))
    while parent is not None and not isinstance(parent, ast.expr):
        parent = edit.reading.parents.get(id(parent))
    if parent is None or isinstance(parent, (ast.Tuple, ast.List, ast.Dict)):
        return None
    return parent if len(_text(parent)) <= _LONGEST else None


def _is_alone(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Constant))


def _statement(edit: Edit, new: ast.expr) -> str:
    """Return the statement with another expression in it."""
    node = edit.reading.statement.node
    if isinstance(node, ast.AugAssign):
        target = ast.unparse(node.target)
        if isinstance(new, ast.BinOp) and ast.unparse(new.left) == target:
            return ast.unparse(ast.AugAssign(node.target, new.op, new.right))
        return f"{target} = {_text(new)}"
    head = ast.unparse(node)
    return head[: len(head) - len(_text(edit.reading.statement.root))] + _text(new)


def _text(node: ast.AST) -> str:
    return ast.unparse(node)
