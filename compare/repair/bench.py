"""The derivation laid open: every value at a few points, and re-runs with steps changed."""

import functools
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from compare.program.program import Equation, Program, Value
from compare.program.run import Execute, step
from compare.program.watch import Watched
from compare.repair.meter import Meter

#: Gives the present content of a value.
Read: TypeAlias = Callable[[Value], Any]
#: What an edited equation does instead, from the content of any earlier value.
Override: TypeAlias = Callable[[Read], list[Any]]

#: How closely an edited derivation must meet the reference, relative to the node's size.
CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Point:
    """The derivation at one set of inputs, each step fed with the reference's cotangents.

    Attributes:
        computed: Every value, as its own equation computes it.
        seen: Every value, as the equations after it read it: the reference for compared nodes.
        held: The values that are held at the reference for those equations.
        reference: What each output should be.
        allowance: How far each output may be from it, for rounding.
        number: Which of the points this is; 0 is the caller's.
    """

    computed: Mapping[Value, Any]
    seen: Mapping[Value, Any]
    held: frozenset[Value]
    reference: Sequence[np.ndarray]
    allowance: Sequence[np.ndarray]
    number: int = 0

    def close(self, output: int, value: Any) -> bool:
        """Whether a value of an output is the reference's."""
        right, value = self.reference[output], np.asarray(value)
        if value.shape != right.shape or not np.isfinite(right).all():
            return False
        scale = float(np.abs(right).max()) if right.size else 0.0
        return bool((np.abs(value - right) <= CLOSE * scale + self.allowance[output]).all())


def lay_open(
    watched: Watched,
    inputs: Sequence[np.ndarray],
    reference: Sequence[np.ndarray],
    allowance: Sequence[np.ndarray],
    *,
    number: int = 0,
    hold: bool = True,
    overrides: Mapping[int, Override] = MappingProxyType({}),
) -> Point:
    """Evaluate every equation of a derivation at one set of inputs.

    Args:
        watched: The derivation.
        inputs: Where.
        reference: What each output should be.
        allowance: How far each output may be from it, for rounding.
        number: Which of the points this is.
        hold: Whether later steps read the reference's cotangents; else the derivation's own.
        overrides: For some equations what they do instead, by position.
    """
    program = watched.program
    right = {
        value: content
        for value, content in zip(watched.sources, reference, strict=True)
        if hold and np.isfinite(content).all() and value in program.writer
    }
    computed: dict[Value, Any] = dict(program.constants_on_host)
    computed.update(zip(program.inputs, inputs, strict=True))
    seen = dict(computed)
    copies = set(program.outputs)
    for position, equation in enumerate(program.equations):
        read = computed if equation.outputs[0] in copies else seen
        override = overrides.get(position) or functools.partial(_stepped, equation, step)
        results = override(read.__getitem__)
        for value, content in zip(equation.outputs, results, strict=True):
            computed[value] = content
            seen[value] = right.get(value, content)
    return Point(computed, seen, frozenset(right), reference, allowance, number)


def rerun(
    program: Program,
    point: Point,
    overrides: Mapping[int, Override],
    positions: Sequence[int],
    outputs: Sequence[int],
    meter: Meter,
) -> list[Any] | None:
    """Return some outputs with some equations changed; None when the edit does not fit.

    Args:
        program: The derivation.
        point: Where.
        overrides: For some equations what they do instead, by position.
        positions: The equations that feed these outputs, in order.
        outputs: Which outputs.
        meter: Counts what is done.
    """
    copies = set(program.outputs)
    raw: dict[Value, Any] = {}  # what changed, as computed
    changed: dict[Value, Any] = {}  # what changed, as the equations after it see it

    read, read_raw = _over(changed, point.seen), _over(raw, point.computed)
    for position in positions:
        equation = program.equations[position]
        is_copy = equation.outputs[0] in copies
        look, news = (read_raw, raw) if is_copy else (read, changed)
        override = overrides.get(position)
        if override is not None:
            results = attempt(override, look.__getitem__)
            if results is None or not _fits(results, equation.outputs, point):
                return None
        elif any(value in news for value in equation.inputs):
            results = attempt(
                functools.partial(_stepped, equation, meter.execute), look.__getitem__
            )
            if results is None:  # what was changed may be nothing that a step after it takes
                return None
            meter.spend(results)
        else:
            continue
        for value, content in zip(equation.outputs, results, strict=True):
            raw[value] = content
            if value not in point.held:
                changed[value] = content
    return [read_raw[program.outputs[k]] for k in outputs]


def _stepped(equation: Equation, execute: Execute, read: Read) -> list[Any]:
    return execute(equation, [read(value) for value in equation.inputs])


def _over(news: dict[Value, Any], known: Mapping[Value, Any]) -> ChainMap[Value, Any]:
    """Return what is known with what changed on top."""
    return ChainMap(news, known)  # type: ignore[arg-type]


def _fits(results: Sequence[Any], values: Sequence[Value], point: Point) -> bool:
    """Whether results have the shapes of what they replace."""
    return all(
        np.shape(content) == np.shape(point.computed[value])
        for value, content in zip(values, results, strict=True)
    )


def attempt(override: Override, read: Read) -> list[Any] | None:
    """Return what an override gives; None when it cannot be evaluated, whatever the reason.

    An edit is a guess: the author's own functions may refuse what they are handed.
    """
    try:
        return override(read)
    except Exception:  # noqa: BLE001
        return None
