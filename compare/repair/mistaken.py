"""A variable that is returned in place of another: ``params``, say, instead of ``grads``.

Nothing was computed for what is wrong, so that there is no expression to edit but the name.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compare.program.contents import named_parts
from compare.program.watch import Ref
from compare.repair.search import Search
from compare.repair.telling import Repair


def mistaken(search: Search, wrong: Sequence[int]) -> Repair | None:
    """Return the exchange of a returned variable for another, by whose contents all is right.

    Args:
        search: The derivation under search.
        wrong: Outputs that are wrong by their own mistake.
    """
    returns = [one for one in search.readings if one.returns and len(one.statement.runs) == 1]
    for reading in returns:
        names = reading.statement.runs[0].moment.names
        for node in ast.walk(reading.statement.root):
            if not isinstance(node, ast.Name) or node.id not in names:
                continue
            for other in _instead(search, names, node.id, wrong):
                edit = f"`{node.id}` -> `{other}`"
                return Repair(reading.place(node), "wrong-saved-value", edit, (), tuple(wrong))
    return None


def _instead(
    search: Search, names: Mapping[str, Any], name: str, wrong: Sequence[int]
) -> Iterator[str]:
    """Yield the variables of the same make that hold the right values for all that is wrong."""
    sources = search.desk.watched.sources
    parts = dict(named_parts("", names[name]))
    where = {leaf.value: path for path, leaf in parts.items() if isinstance(leaf, Ref) and path}
    if not all(sources[k] in where for k in wrong):
        return
    for other, content in names.items():
        there = dict(named_parts("", content)) if other != name else {}
        if there.keys() == parts.keys() and all(
            _is_right(search, k, there[where[sources[k]]]) for k in wrong
        ):
            yield other


def _is_right(search: Search, output: int, leaf: Any) -> bool:
    """Whether a value is, everywhere, what an output should be."""
    return isinstance(leaf, Ref) and all(
        point.close(output, point.computed[leaf.value]) for point in search.desk.points
    )
