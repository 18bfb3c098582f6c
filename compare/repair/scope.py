"""What a statement could see when it ran, on NumPy, at one point."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from compare.program.contents import is_object, map_contents, named_parts
from compare.program.program import Value
from compare.program.watch import Moment, Ref
from compare.repair.stand_ins import StandIns, editable

#: More rows than this under ``vmap`` are not gone through one by one.
_ROWS = 256


class Scope(Mapping[str, Any]):
    """The variables of a statement: looked up when they are used.

    Attributes:
        moment: What the statement saw.
        read: Gives the present content of a value.
        extra: Further names.
        row: Under ``vmap``, the row that is looked at.
    """

    def __init__(
        self,
        moment: Moment,
        read: Callable[[Value], Any],
        stand_ins: StandIns,
        extra: Mapping[str, Callable[[], Any]],
        row: int = 0,
    ) -> None:
        self.moment, self.read, self.extra, self.row = moment, read, extra, row
        self._stand_ins = stand_ins

    def __getitem__(self, name: str) -> Any:
        """Return a variable's content."""
        if name in self.extra:
            return self.extra[name]()
        content = self.moment.names[name]
        if callable(content) and not is_object(content):
            return self._stand_ins.of(content, self)
        return map_contents(self._leaf, content)

    def __iter__(self) -> Any:
        return iter({**self.moment.names, **self.extra})

    def __len__(self) -> int:
        return len(self.moment.names) + len(self.extra)

    def _leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, Ref):
            content = self.read(leaf.value)
            return editable(content if leaf.axis is None else np.take(content, self.row, leaf.axis))
        return np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf


def rows_of(moment: Moment, names: frozenset[str], read: Callable[[Value], Any]) -> int | None:
    """Return over how many rows an expression is mapped, None when it is not under ``vmap``.

    Raises:
        ValueError: If they are too many to go through.
    """
    for name in names & moment.names.keys():
        for _, leaf in named_parts(name, moment.names[name]):
            if isinstance(leaf, Ref) and leaf.axis is not None:
                count = read(leaf.value).shape[leaf.axis]
                if count > _ROWS:
                    raise ValueError(count)
                return int(count)
    return None
