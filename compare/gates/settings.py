"""Which options a rule is proof-read with: those it is used with first, then others around them.

A rule may be right at its options' defaults and nowhere else: a slope written as a number, an
axis forgotten. So every option is varied:

    keepdims=False          True
    axis=None               0, -1, (0, -1)
    axis=0                  -1, 1             any option with "axis" or "dim" in its name
    n=3                     4, 2, 6           whole numbers stay whole, and keep their sign
    slope=0.1               0.2, 0.05, 1.1    so do others
    kind: Literal["a", "b"] all of them

What else an option may be only its author knows.
"""

import inspect
import itertools
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from functional_nn.gates import REQUIRED, Gate

#: Settings of the options that are tried at most.
MOST = 12


@dataclass(frozen=True)
class Setting:
    """Options to proof-read with.

    Attributes:
        options: By name; what is left out has its default.
        asked: Whether they are the gate's defaults or the caller's: the gate has to take them. Of
            those drawn, what the gate refuses is left out.
    """

    options: Mapping[str, Any]
    asked: bool

    def __str__(self) -> str:
        """Return them as one writes them in a call."""
        return ", ".join(f"{name}={value!r}" for name, value in self.options.items())


def settings_of(gate: Gate, given: Any, seed: int = 0) -> list[Setting]:
    """Return the settings to proof-read a gate with, the asked ones first.

    Args:
        gate: The gate.
        given: A mapping has values to begin with, and others are drawn around them and around the
            defaults of the rest; a sequence of mappings has the settings, and nothing is drawn.
        seed: Of the draw, when there are more than ``MOST`` combinations.

    Raises:
        TypeError: If the options are neither.
        ValueError: If the gate has no such option, or one without a default is not given.
    """
    if given is not None and not isinstance(given, Mapping):
        _refuse_unless_mappings(gate, given)
        for options in given:
            _check(gate, options)
        return [Setting(dict(options), asked=True) for options in given]
    first = dict(given or {})
    _check(gate, first)
    defaults = {name: value for name, value in gate.options.items() if value is not REQUIRED}
    start = defaults | first
    choices = {name: [start[name], *_others(gate, name, start[name])] for name in gate.options}
    drawn = [
        {name: value for name, value in one.items() if name in first or value is not start[name]}
        for one in _combined(choices, seed)
    ]
    return [Setting(first, asked=True), *(Setting(options, asked=False) for options in drawn)]


def fixed(gate: Gate, given: Any) -> dict[str, Any]:
    """Return the options that were not varied, though nobody said that they need not be."""
    if given is not None and not isinstance(given, Mapping):
        return {}
    start = {name: v for name, v in gate.options.items() if v is not REQUIRED} | dict(given or {})
    return {name: value for name, value in start.items() if not _others(gate, name, value)}


def _combined(choices: Mapping[str, list[Any]], seed: int) -> list[dict[str, Any]]:
    """Return combinations but the first: all if they are few, else one change each and more."""
    pairs = itertools.product(*choices.values())
    everything = [dict(zip(choices, one, strict=True)) for one in pairs]
    rest = everything[1:]
    if len(rest) < MOST:
        return rest
    single = [one for one in rest if _changes(one, everything[0]) == 1]
    several = [one for one in rest if _changes(one, everything[0]) > 1]
    order = np.random.default_rng(seed).permutation(len(several))
    return (single + [several[k] for k in order])[: max(MOST, len(single))]


def _changes(one: Mapping[str, Any], first: Mapping[str, Any]) -> int:
    return sum(one[name] is not first[name] for name in one)


def _others(gate: Gate, name: str, value: Any) -> list[Any]:
    """Return other values of an option; none if only its author knows them."""
    literal = _literal(gate, name)
    if literal:
        return [other for other in literal if other != value]
    axis = "axis" in name or "axes" in name or "dim" in name
    match value:
        case bool():
            return [not value]
        case None if axis:
            return [0, -1, (0, -1)]
        case int() if axis:
            return [other for other in (-1, 0, 1) if other != value]
        case int():
            step = -1 if value < 0 else 1
            near = (value + step, value - step, 2 * value)
            return [n for n in dict.fromkeys(near) if n != value and n * step > 0]
        case float():
            away = value - 1 if value < 0 else value + 1
            return [2 * value, value / 2, away] if value else [0.5, 2.0]
    return []


def _literal(gate: Gate, name: str) -> tuple[Any, ...]:
    """Return what an option's annotation lists as ``Literal``."""
    wanted = inspect.signature(gate.forward).parameters[name].annotation
    return typing.get_args(wanted) if typing.get_origin(wanted) is Literal else ()


def _check(gate: Gate, options: Mapping[str, Any]) -> None:
    known = gate.options
    for name in options:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise ValueError(f"gate {gate.name!r} has no option {name!r}; {takes}")
    for name, default in known.items():
        if default is REQUIRED and name not in options:
            one = f"{{{name!r}: ...}}"
            raise ValueError(
                f"gate {gate.name!r}: its option {name!r} has no default to proof-read with; give "
                f"one, options={one}, or all that matter, options=[{one}, ...]"
            )


def _refuse_unless_mappings(gate: Gate, given: Any) -> None:
    listed = isinstance(given, (list, tuple)) and given
    if not listed or not all(isinstance(one, Mapping) for one in given):
        raise TypeError(
            f"gate {gate.name!r}: options are {given!r}; wanted a dictionary of values to begin "
            "with, or a list of dictionaries, the settings to proof-read with"
        )
