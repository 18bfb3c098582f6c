"""Is this a graph? Sentences for what is not."""

import difflib
from collections.abc import Collection, Iterable
from typing import Any

from functional_nn.gates import REQUIRED, gates
from functional_nn.graph.constants import frozen, frozen_constant
from functional_nn.names import lookup

_SHOWN = 12  # names in a message


def check_call(gate: str, count: int, options: Collection[str]) -> None:
    """Refuse a gate that is unknown, or called with other inputs or options than it takes."""
    known = lookup("gate", gate, gates)
    if count != len(known.inputs):
        raise ValueError(
            f"gate {gate!r} takes {len(known.inputs)} inputs ({', '.join(known.inputs)}), "
            f"got {count}"
        )
    for option in options:
        if option not in known.options:
            raise ValueError(f"gate {gate!r} has no option {option!r}; {_options_of(gate)}")
    for option, default in known.options.items():
        if default is REQUIRED and option not in options:
            raise ValueError(f"gate {gate!r} needs {option}=")


def _options_of(gate: str) -> str:
    options = gates[gate].options
    return f"it takes {', '.join(options)}" if options else "it takes none"


def check_name(name: object) -> None:
    """Refuse a name that would not be one: empty, with a slash, or with white space."""
    if not isinstance(name, str) or name.split() != [name] or "/" in name:
        raise ValueError(
            f"{name!r} cannot be the name of a node; give a word without '/', which stands "
            "between a module and what is inside it"
        )


def check_unique(names: Iterable[str]) -> None:
    """Refuse two nodes of one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"two nodes are called {name!r}; a name stands for one node")
        seen.add(name)


def unknown(kind: str, name: object, known: Collection[str]) -> str:
    """Return the sentence for a name that is not among the known ones."""
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    shown = ", ".join(list(known)[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return f"no {kind} is called {name!r}; {hint}known: {shown or 'none'}"


def frozen_options(gate: str, options: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """Return options in canonical form: sorted, comparable, those of default value left out."""
    defaults = gates[gate].options if gate in gates else {}
    if gate == "constant":
        return tuple((name, frozen_constant(value)) for name, value in options)
    found = ((name, _frozen(name, value)) for name, value in options)
    return tuple(
        sorted((name, value) for name, value in found if value != defaults.get(name, REQUIRED))
    )


def _frozen(name: str, value: Any) -> Any:
    """Return an option's value with its lists as tuples, so that it can be compared and hashed.

    Raises:
        TypeError: If it is not made of numbers, words, None and sequences of them.
    """
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(name, item) for item in value)
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()  # a NumPy number
    if value is None or isinstance(value, (bool, int, float, str)):
        return frozen(value)
    raise TypeError(
        f"option {name!r} is {type(value).__name__}; options are fixed numbers, words, or "
        "tuples of them: what is computed comes in as an input"
    )
