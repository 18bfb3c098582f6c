"""Look a name up in a table; an unknown one is answered with the nearest known one."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def lookup(kind: str, name: object, table: Mapping[str, T]) -> T:
    """Return ``table[name]``.

    Args:
        kind: What the table holds, for the message: "activation", "loss", ...
        name: The name asked for.
        table: The known names.

    Raises:
        ValueError: If the name is unknown; the message offers the nearest known one.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    near = difflib.get_close_matches(str(name).lower(), table, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {kind} {name!r}; {hint}known: {', '.join(sorted(table))}")
