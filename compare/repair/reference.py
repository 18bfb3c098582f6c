"""What autodiff computes on its way: the values that steps of a derivation should come to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from compare.program.program import Program
from compare.program.run import run
from compare.repair.known import marks_of

#: No author carries a larger number along, nor are more of them looked into.
_MOST, _UNITS = 1e7, 2


@dataclass(frozen=True, eq=False)
class Reference:
    """The values that autodiff computes, at each point.

    Attributes:
        contents: A row a point, in it one entry a value.
        families: The values that one step of the loss's source gave rise to, in order: one for
            every time the step ran.
    """

    contents: Sequence[Sequence[Any]]
    families: Sequence[Sequence[int]]

    @cached_property
    def marks(self) -> frozenset[tuple[Any, ...]]:
        """The marks of the values at the caller's point."""
        return marks_of(self.contents[0])

    def sequences(self, runs: int) -> Iterator[tuple[int | None, ...]]:
        """Yield what a statement that ran so often may have to come to, run by run.

        A loop of the derivation goes through the steps of the loss in order or backwards; the last
        time round it may compute what nobody reads, and autodiff does not.
        """
        if runs == 1:
            for family in self.families:
                yield from ((value,) for value in family)
            return
        for family in self.families:
            for wanted, padding in ((runs, ()), (runs - 1, (None,))):
                if len(family) < wanted or len(family) % wanted:
                    continue
                step = len(family) // wanted
                for start in range(step):
                    chosen = tuple(family[start::step])
                    yield (*chosen, *padding)
                    if wanted > 1:
                        yield (*chosen[::-1], *padding)


def in_other_units(
    reference: Reference, by_hand: frozenset[tuple[Any, ...]]
) -> Iterator[Reference]:
    """Yield the values times a number that the author carries along.

    Many divide by the number of rows last, or climb where the loss descends: their cotangents are
    n times autodiff's, or the negative. What the derivation computes tells.

    Args:
        reference: What autodiff computes.
        by_hand: Marks of what the derivation computes.
    """
    norms: dict[tuple[Any, ...], list[float]] = {}
    for size, norm, *shape in reference.marks:
        norms.setdefault((size, *shape), []).append(float(norm))
    votes: Counter[float] = Counter()
    for size, norm, *shape in by_hand - reference.marks:
        for sign in (1.0, -1.0):
            alike = norms.get((size, *(sign * number + 0.0 for number in shape)), ())
            ratios = {float(f"{sign * float(norm) / known:.6g}") for known in alike}
            votes.update(ratio for ratio in ratios if _is_count(ratio))
    likeliest = sorted(votes, key=lambda ratio: (-votes[ratio], -abs(np.log(abs(ratio))), ratio))
    for times in likeliest[:_UNITS]:
        contents = [
            [times * v if _is_floats(v) else v for v in values] for values in reference.contents
        ]
        yield Reference(contents, reference.families)


def _is_floats(content: Any) -> bool:
    return isinstance(content, np.ndarray) and content.dtype.kind == "f"


def _is_count(ratio: float) -> bool:
    """Whether a number is whole, or one over a whole number, up to its sign."""
    size = abs(ratio)
    whole = size if size >= 1 else 1 / size if size else 0.0
    return 0.5 < whole < _MOST and abs(whole - round(whole)) < 1e-6 * whole


def reference_of(program: Program, points: Sequence[Sequence[np.ndarray]]) -> Reference:
    """Run autodiff's program at some points and keep everything."""
    values = list(program.writer)
    count = len(program.outputs)
    contents = [run(program, inputs, also=values)[count:] for inputs in points]
    number = {value: k for k, value in enumerate(values)}
    families: dict[object, list[int]] = {}
    for equation in program.equations:
        for k, value in enumerate(equation.outputs):
            if jnp.issubdtype(program.types[value].dtype, np.floating):
                key = (equation.primitive, equation.place, k)
                families.setdefault(key, []).append(number[value])
    return Reference(contents, list(families.values()))


def written_for(program: Program) -> frozenset[tuple[str, int, int, int]]:
    """Return the stretches of source that its outputs come from: file, line and columns."""
    found: set[tuple[str, int, int, int]] = set()
    needed = set(program.outputs)
    for equation in reversed(program.equations):
        if needed.isdisjoint(equation.outputs):
            continue
        needed.update(equation.inputs)
        if equation.place:
            found.update((p.file, p.line, *p.columns) for p in equation.place.chain())
    return frozenset(found)


def fitted(content: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield a value of the reference as a value of this shape, where it can be one."""
    if content.shape == shape:
        yield content
    elif [n for n in content.shape if n > 1] == [n for n in shape if n > 1]:
        yield content.reshape(shape)
    if content.ndim == 2 and content.shape[::-1] == shape and min(shape) > 1:
        yield content.T
