"""Look a name up in a table; an unknown one is answered with the nearest known one."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

#: What other libraries call the same thing, for the hint.
ELSEWHERE = {
    "bce": "binary_cross_entropy",
    "ce": "softmax_cross_entropy",
    "cross_entropy": "softmax_cross_entropy",
    "he": "he_normal",
    "kaiming": "he_normal",
    "l2": "squared_error",
    "linear": "identity",
    "logistic": "sigmoid",
    "mse": "squared_error",
    "swish": "silu",
    "xavier": "glorot_normal",
}


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
    asked = str(name).lower()
    same = [ELSEWHERE[asked]] if ELSEWHERE.get(asked) in table else []
    near = same or difflib.get_close_matches(asked, table, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {kind} {name!r}; {hint}known: {', '.join(sorted(table))}")
