"""Other inputs than the caller's, from the simplest to the wildest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compare.probing.arrays import two_equal, with_first, zero_row
from compare.probing.discrete import discrete, emptied
from compare.probing.field import Field

#: Factors that each argument is scaled by.
SCALES = (10.0, 1e3, 1e-3, 0.1)
#: The exponential of this overflows, in every precision.
LARGE = 1e3
#: Values that a single number is given.
NUMBERS = (0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 10.0, -10.0, LARGE, -LARGE)
#: Decades of size in a wild draw.
WILD = 2.0
#: With more arguments than this, they are moved in groups.
FEW = 6


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs to try.

    Attributes:
        inputs: All inputs.
        why: What is special about them.
        broken_only: Whether only inf or nan counts there. What the gradient of a row is of which
            everything is masked out, people do not agree on; but they want a number.
    """

    inputs: list[np.ndarray]
    why: str
    broken_only: bool = False


def moves(fields: Sequence[Field], rng: np.random.Generator) -> Iterator[Probe]:
    """Yield other inputs; every one visibly is what the caller's is.

    Args:
        fields: What may be varied, and how.
        rng: For the draws.
    """
    start = [field.value for field in fields]
    free = [k for k, field in enumerate(fields) if field.kind == "free"]
    arrays = [k for k in free if not fields[k].is_number]
    numbers = [k for k in free if fields[k].is_number]

    def moved(change: Mapping[int, Any], why: str) -> Probe:
        inputs = list(start)
        for k, value in change.items():
            inputs[k] = fields[k].fit(value) if fields[k].kind == "free" else np.asarray(value)
        return Probe(inputs, why)

    draws = [{k: wild(fields[k], rng) for k in arrays} for _ in range(4)]
    for draw in draws[:2]:
        yield moved(draw, "values of many sizes and both signs")
    yield from _whole(fields, free, rng, moved)
    for k in numbers:
        for number in NUMBERS:
            value = np.full(fields[k].value.shape, number)
            for draw in ({}, draws[0]) if arrays else ({},):
                yield moved({**draw, k: value}, f"{fields[k].name} = {number:g}")
    yield from _data(fields, draws[0], rng, moved)
    yield from _each(fields, arrays, moved)
    yield from _ties(fields, free, moved)
    for draw in draws[2:]:
        yield moved(draw, "values of many sizes and both signs")


def _whole(
    fields: Sequence[Field],
    free: Sequence[int],
    rng: np.random.Generator,
    moved: Callable[[Mapping[int, Any], str], Probe],
) -> Iterator[Probe]:
    """Yield points that move everything at once."""
    for _ in range(2):
        drawn = {k: fields[k].scale() * rng.standard_normal(fields[k].value.shape) for k in free}
        yield moved(drawn, "generic values")
    for factor in (1e3, 1e-3):
        yield moved({k: factor * fields[k].value for k in free}, f"everything times {factor:g}")


def _each(
    fields: Sequence[Field],
    arrays: Sequence[int],
    moved: Callable[[Mapping[int, Any], str], Probe],
) -> Iterator[Probe]:
    """Yield points that move one argument, or a group of them when they are many.

    Every argument has its turn at one change before the next: the search may end early.
    """
    if len(arrays) <= FEW:
        groups = [[k] for k in arrays]
    else:
        groups = [[k for k in arrays if fields[k].differentiated is side] for side in (True, False)]
    for why, change in _changes():
        for group in filter(None, groups):
            names = fields[group[0]].name if len(group) == 1 else "all arguments"
            yield moved({k: change(fields[k].value) for k in group}, f"{names} {why}")


def _changes() -> list[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
    """Return what is done to an array."""
    return [
        ("zero", np.zeros_like),
        ("with one zero", lambda value: with_first(value, 0.0)),
        ("with a zero at the end", lambda value: with_first(value[..., ::-1], 0.0)[..., ::-1]),
        ("with a row of zeros", zero_row),
        (
            "constant along its last axis",
            lambda value: np.broadcast_to(value[..., :1], value.shape),
        ),
        ("with two equal values", two_equal),
        ("negated", np.negative),
        ("negative", lambda value: -np.abs(value)),
        ("positive", np.abs),
        *((f"times {factor:g}", lambda v, factor=factor: factor * v) for factor in SCALES),
        ("large", lambda value: value * (LARGE / (float(np.abs(value).max()) or 1.0))),
        ("one", np.ones_like),
    ]


def _ties(
    fields: Sequence[Field],
    free: Sequence[int],
    moved: Callable[[Mapping[int, Any], str], Probe],
) -> Iterator[Probe]:
    """Yield points at which one argument equals another."""
    pairs = [
        (a, b)
        for a in free
        for b, other in enumerate(fields)
        if a != b
        and other.value.shape == fields[a].value.shape
        and np.issubdtype(other.value.dtype, np.floating)
        and (fields[a].differentiated, a) > (other.differentiated, b)
    ]
    for a, b in pairs[:FEW]:
        why = f"{fields[a].name} equal to {fields[b].name}"
        yield moved({a: fields[b].value}, why)


def _data(
    fields: Sequence[Field],
    draw: Mapping[int, np.ndarray],
    rng: np.random.Generator,
    moved: Callable[[Mapping[int, Any], str], Probe],
) -> Iterator[Probe]:
    """Yield points with other masks, labels and indices."""
    for k, field in enumerate(fields):
        for value in discrete(field, rng):
            yield moved({k: value}, f"another {field.name}")
            yield moved({**draw, k: value}, f"another {field.name}")
        for number in field.markers:
            apart = with_first(field.value, number)
            some = np.where(rng.random(field.value.shape) < 0.5, apart, number)
            for value in (apart, np.asarray(some, field.value.dtype)):
                yield moved({k: value}, f"{number} in {field.name}")
        for empty in emptied(field):
            yield replace(moved({k: empty}, f"another {field.name}"), broken_only=True)


def wild(field: Field, rng: np.random.Generator) -> np.ndarray:
    """Return values of many sizes and both signs."""
    sizes = 10.0 ** rng.uniform(-WILD, WILD, field.value.shape)
    return np.asarray(sizes * rng.choice([-1.0, 1.0], field.value.shape))
