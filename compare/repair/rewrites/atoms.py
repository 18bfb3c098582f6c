"""What can be brought into a statement: its variables, their parts, and phrases met before."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from compare.program.watch import Ref
from compare.repair.expressions import Reading
from compare.repair.rewrites.writing import parsed
from compare.repair.scope import tree_map

_LONGEST = 28
_PARTS = 40


@dataclass(frozen=True, eq=False)
class Atom:
    """Something with a name.

    Attributes:
        node: How it is written.
        content: What it is in the first run, at the caller's inputs.
        phrase: Whether it is an expression that stands elsewhere, not a variable.
    """

    node: ast.expr
    content: Any
    phrase: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return np.shape(self.content)

    @property
    def text(self) -> str:
        """How it is written."""
        return ast.unparse(self.node)


def atoms_of(reading: Reading, others: Sequence[Reading]) -> list[Atom]:
    """Return the variables and phrases that a statement can use, each content once.

    Args:
        reading: The statement.
        others: All of the same function; what they say may be meant here, too.
    """
    found: dict[tuple[Any, ...], Atom] = {}
    for text, content in (*_variables(reading), *_lengths(reading)):
        _add(found, Atom(parsed(text), content))
    for text in dict.fromkeys(text for other in others for text in _phrases(other)):
        node = parsed(text)
        content = reading.try_out(node)
        if isinstance(content, (np.ndarray, np.generic)):
            _add(found, Atom(node, content, phrase=True))
    return list(found.values())


def _add(found: dict[tuple[Any, ...], Atom], atom: Atom) -> None:
    content = np.asarray(atom.content)
    if content.dtype.kind not in "fbiu" or not np.isfinite(content).all():
        return
    number = content.astype(float)
    mark = (content.shape, content.dtype.kind == "b", number.sum(), np.square(number).sum())
    found.setdefault(mark, atom)


def _variables(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the variables of a statement and the parts of those that are containers."""
    moment = reading.statement.runs[0].moment
    seen = reading.desk.points[0].seen

    def at_hand(leaf: Any) -> Any:
        if not isinstance(leaf, Ref):
            return leaf
        content = seen[leaf.value]
        return content if leaf.axis is None else np.take(content, 0, leaf.axis)

    for name, content in moment.names.items():
        if name.startswith("_") or callable(content) or not name.isidentifier():
            continue
        content = tree_map(at_hand, content)
        leaves = jax.tree_util.tree_leaves_with_path(content)
        for path, leaf in leaves[:_PARTS]:
            if isinstance(leaf, (np.ndarray, np.generic, jax.Array)) or _is_number(leaf):
                yield name + jax.tree_util.keystr(path), np.asarray(leaf)


def _lengths(reading: Reading) -> Iterator[tuple[str, int]]:
    """Yield the axis lengths of the variables that are arrays."""
    for text, content in [*_variables(reading)]:
        if text.isidentifier():
            for axis, length in enumerate(np.shape(content)):
                if length > 1:
                    yield f"{text}.shape[{axis}]", length


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, (int, float)) and not isinstance(leaf, bool)


def _phrases(reading: Reading) -> Iterator[str]:
    """Yield the short expressions of a statement."""
    for node in reading.nodes:
        if id(node) in reading.holds and not isinstance(node, (ast.Name, ast.Constant)):
            text = ast.unparse(node)
            if len(text) <= _LONGEST:
                yield text
