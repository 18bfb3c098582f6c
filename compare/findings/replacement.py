"""A diagnosis' edit as text to put in the place of other text, so that a tool can make it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compare.report import Diagnosis

_EDIT = re.compile(r"`(?P<old>[^`]+)` -> `(?P<new>[^`]+)`")
_METHOD = re.compile(r"\.(?P<old>\w+) -> \.(?P<new>\w+) in `(?P<text>[^`]+)`")


@dataclass(frozen=True)
class Replacement:
    """What to write where.

    Attributes:
        start: First line, 1-based, and column, in characters, 0-based.
        end: Last line and column, exclusive.
        text: What to write instead.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    def applied(self, source: str) -> str:
        """Return a source text with the replacement made."""
        lines = source.splitlines(keepends=True)
        (first, column), (last, end) = self.start, self.end
        before = "".join(lines[: first - 1]) + lines[first - 1][:column]
        return before + self.text + lines[last - 1][end:] + "".join(lines[last:])


def replacement(diagnosis: Diagnosis) -> Replacement | None:
    """Return a diagnosis' edit as a replacement in its file; None when that is not certain.

    It is certain when the text told of stands at the place told of once, and the file, with the
    new text there, reads as the old one with just that expression replaced.
    """
    try:
        source = Path(diagnosis.file).read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError):
        return None
    edit = _old_and_new(diagnosis.edit)
    if edit is None or not _is_code(edit[1]):
        return None
    old, new = edit
    found = [node for node in _at(tree, diagnosis) if ast.unparse(node) == old]
    exact = [node for node in found if node.col_offset == diagnosis.columns[0]]
    chosen = exact[:1] if exact else found
    return _certain(source, tree, chosen[0], new) if len(chosen) == 1 else None


def _is_code(text: str) -> bool:
    try:
        return len(ast.parse(text).body) == 1
    except SyntaxError:
        return False


def _old_and_new(edit: str) -> tuple[str, str] | None:
    if method := _METHOD.fullmatch(edit):
        old, new, text = method["old"], method["new"], method["text"]
        changed = re.sub(rf"\.{old}(?=\()", f".{new}", text)
        return (text, changed) if text.count(f".{old}(") == 1 else None
    if pair := _EDIT.fullmatch(edit):
        return pair["old"], pair["new"]
    return None


def _at(tree: ast.Module, diagnosis: Diagnosis) -> Iterator[ast.expr | ast.stmt]:
    """Yield the expressions and statements that begin on the line, outside first."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.expr, ast.stmt)) and node.lineno == diagnosis.line:
            yield node


def _certain(
    source: str, tree: ast.Module, node: ast.expr | ast.stmt, new: str
) -> Replacement | None:
    lines = source.splitlines()

    def letters(line: int, column: int) -> tuple[int, int]:
        return line, len(lines[line - 1].encode()[:column].decode())

    start = letters(node.lineno, node.col_offset)
    end = letters(node.end_lineno or node.lineno, node.end_col_offset or 0)
    wanted = _replaced(tree, node, new)
    for text in (new, f"({new})"):
        made = Replacement(start, end, text)
        try:
            if ast.dump(ast.parse(made.applied(source))) == wanted:
                return made
        except SyntaxError:
            continue
    return None


def _replaced(tree: ast.Module, node: ast.AST, new: str) -> str:
    """Return the dump of a syntax tree with one node replaced in it."""
    (written,) = ast.parse(new).body
    put: ast.AST = written
    if isinstance(written, ast.Expr) and not isinstance(node, ast.stmt):
        put = written.value

    class Put(ast.NodeTransformer):
        def visit(self, seen: ast.AST) -> ast.AST:
            return put if seen is node else self.generic_visit(seen)

    return ast.dump(Put().visit(tree))
