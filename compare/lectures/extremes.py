"""Where a form breaks in floating point: run at extreme inputs, held against itself on paper.

The form runs in float32 and in float64. What is right is computed at the very same numbers, in
so many digits that nothing is rounded (``paper``): the plain function or its derivative, or, when
the equation is wrong, the equation's own value. The form breaks where it gives inf or nan although
the right number fits. It loses digits where both hold of its error:

    error > √ε |f|                           more than half of the digits are gone
    error > 16 ε (|f| + Σ |x · ∂f/∂x|)       and no rounding of the inputs x explains it

The sum says how far f moves when inputs are rounded. Where f is so steep that rounded inputs alone
cost the digits, they are the problem's to lose, and no form would keep them; what is lost beyond
that cancels inside the form. Labels are exact: an extreme fixes them, and they are not in the sum.
What is within 1/ε of the smallest normal number does not count: half-way results may be smaller
still, and have fewer digits in any form. No other computation in the same precision is an excuse,
autodiff's least of all.

Compiled code may take numbers below the smallest normal one for 0. Where the form breaks by that
alone it is said so, with what it gives where they are kept (``gradual``).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.lectures.breaking import Break
from compare.lectures.gradual import Gradual
from compare.lectures.ladder import first_size, rungs
from compare.lectures.naming import named
from compare.lectures.paper import Paper
from compare.lectures.question import Question
from manual_backprop.lectures import Extreme

#: How many roundings of value and inputs are another matter than bad luck.
SEVERAL = 16.0

#: Digits may be lost as many rungs before the first that shows it: rounding was kind there.
REACH = 3

#: Share of the sizes further out that are broken, too, when it is said to last: rounding may be
#: kind at one or the other.
LASTING = 0.8

PRECISIONS = ("float32", "float64")


def breaks(question: Question, right: bool = True) -> list[Break]:
    """Return where the claim breaks, inf and nan first.

    Args:
        question: The claim.
        right: Whether it is right on paper; else it is held against its own value there.
    """
    if not question.claim.extremes:
        return []
    paper = Paper(question.truth if right else question.said, question.inputs({}, jnp.float32))
    said = jax.jit(jax.vmap(question.said))
    found = []
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for precision in PRECISIONS:
            gradual = Gradual(question.said, question.inputs({}, precision))
            for extreme in question.claim.extremes:
                found += _Run(
                    question, extreme, precision, paper, said, gradual, not right
                ).breaks()
    return sorted(found, key=lambda one: (not one.severe, one.precision))


@dataclass(frozen=True, eq=False)
class _Run:
    """A claim at one extreme, in one precision."""

    question: Question
    extreme: Extreme
    precision: str
    paper: Paper
    said: Callable[..., Any]
    gradual: Gradual
    wrong: bool

    def breaks(self) -> list[Break]:
        """Return the first inf or nan, and the first lack of digits if that comes before."""
        sizes = rungs(self.extreme)
        gone, suspect, held = self._tried(sizes)
        out = gone | suspect | ~held
        found = []
        end = int(np.argmax(gone)) if np.any(gone) else len(sizes)
        if end < len(sizes):
            found.append(self._first(sizes, end, self._breaks_at, out[end:]))
        rung = self._losing(sizes[:end], suspect)
        if rung is not None:
            around = np.geomspace(sizes[max(rung - REACH, 0)], sizes[rung], len(sizes))
            nearer = self._losing(around, self._tried(around)[1])  # a rung may have been lucky
            near, at = (around, nearer) if nearer is not None else (sizes, rung)
            found.append(self._first(near, at, self._loses_at, out[rung:]))
        return found

    def _losing(self, sizes: np.ndarray, suspect: np.ndarray) -> int | None:
        """Return the first size at which digits are lost."""
        tried = (k for k, size in enumerate(sizes) if suspect[k] and self._loses_at(float(size)))
        return next(tried, None)

    def _tried(self, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return at which sizes there is inf or nan, lack of digits, and a number that counts."""
        inputs, given = self._given(sizes)
        right = np.stack([self._right(inputs, rung) for rung in range(len(sizes))])
        tests = self._gone(given, right), self._half_lost(given, right), self._held(right)
        return tuple(np.any(test, axis=1) for test in tests)

    def _first(
        self, sizes: np.ndarray, rung: int, bad: Callable[[float], bool], out: np.ndarray
    ) -> Break:
        """Return where it begins, between a size and the one before; ``out`` is what follows."""
        size = first_size(sizes, rung, bad) if self.extreme.scaled else 1.0
        inputs, given = self._given(np.full_like(sizes, size))
        right = self._right(inputs, 0)
        off = np.where(np.isfinite(given[0]), np.abs(given[0] - right) / np.abs(right), np.inf)
        worst = int(np.argmax(np.where(self._fits(right), np.nan_to_num(off, nan=-1.0), -2)))
        lasts = bool(self.extreme.scaled) and np.mean(out) >= LASTING
        return Break(
            where=_in_words(self.question, self.extreme, inputs),
            precision=self.precision,
            printed=float(given[0, worst]) + 0.0,
            exact=float(right[worst]) + 0.0,
            wrong=self.wrong,
            onwards=("down" if self.extreme.shrinks else "on") if lasts else "",
            kept=self._kept(inputs, right, worst),
        )

    def _kept(self, inputs: list[np.ndarray], right: np.ndarray, worst: int) -> float | None:
        """Return the value where subnormal numbers are kept, if that alone is what it takes."""
        kept, taken = (self.gradual.at(_row(inputs, 0), keep=keep) for keep in (True, False))
        if self._bad(kept, right) or not self._bad(taken, right):
            return None
        return float(kept[worst])

    def _bad(self, given: np.ndarray, right: np.ndarray) -> bool:
        return bool((self._gone(given, right) | self._half_lost(given, right)).any())

    def _given(self, sizes: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Return inputs of these sizes and what the form gives; one program serves all."""
        inputs = self.question.stacked(
            self.extreme.fixed, self.extreme.scaled, sizes, self.precision
        )
        leaves = [np.asarray(leaf, np.float64) for leaf in jax.tree.leaves(self.said(*inputs))]
        given = np.concatenate([leaf.reshape(len(sizes), -1) for leaf in leaves], axis=1)
        return [np.asarray(value) for value in inputs], given

    def _right(self, inputs: list[np.ndarray], rung: int) -> np.ndarray:
        return self.paper.at(_row(inputs, rung), self.precision)

    def _fits(self, right: np.ndarray) -> np.ndarray:
        return np.isfinite(right) & (np.abs(right) < float(jnp.finfo(self.precision).max))

    def _held(self, right: np.ndarray) -> np.ndarray:
        """Return which numbers are far enough from 0 to have all their digits on the way, too."""
        limits = jnp.finfo(self.precision)
        return self._fits(right) & (np.abs(right) >= float(limits.tiny) / float(limits.eps))

    def _gone(self, given: np.ndarray, right: np.ndarray) -> np.ndarray:
        return self._fits(right) & ~np.isfinite(given)

    def _half_lost(self, given: np.ndarray, right: np.ndarray) -> np.ndarray:
        allowed = float(jnp.finfo(self.precision).eps) ** 0.5 * np.abs(right)
        return self._held(right) & np.isfinite(given) & ~(np.abs(given - right) <= allowed)

    def _breaks_at(self, size: float) -> bool:
        inputs, given = self._given(np.full(len(rungs(self.extreme)), size))
        return bool(self._gone(given[0], self._right(inputs, 0)).any())

    def _loses_at(self, size: float) -> bool:
        """Return whether half of the digits are gone, and not by what rounded inputs do."""
        inputs, given = self._given(np.full(len(rungs(self.extreme)), size))
        right = self._right(inputs, 0)
        lost = self._half_lost(given[0], right)
        if not lost.any():
            return False
        names = list(self.question.claim.inputs)
        free = [k for k, name in enumerate(names) if name not in self.extreme.fixed]
        steep = self.paper.moved_by(_row(inputs, 0), free, self.precision)
        allowed = SEVERAL * float(jnp.finfo(self.precision).eps) * (np.abs(right) + steep)
        return bool((lost & ~(np.abs(given[0] - right) <= allowed)).any())


def _row(inputs: list[np.ndarray], rung: int) -> list[np.ndarray]:
    return [np.asarray(value[rung]) for value in inputs]


def _in_words(question: Question, extreme: Extreme, inputs: list[np.ndarray]) -> str:
    at = dict(zip(question.claim.inputs, inputs, strict=True))
    return named({name: at[name][0] for name in (*extreme.scaled, *extreme.fixed)})
