"""Where a right equation breaks in floating point: run at large inputs, held against float64.

The printed form runs in float32 and in float64. The truth is the plain reference function, or its
derivative, in float64 at the very same numbers. It breaks where it gives inf or nan although the
right number fits, and where more than half of the digits are gone although the reference, in the
same precision, keeps them.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.lectures.question import Question
from compare.report import words
from manual_backprop.lectures import Extreme

#: Growing inputs are tried at this many sizes, each 6 % above the one before.
SIZES = np.geomspace(1e-3, 1, 121)
#: The reference's error is the largest at this many sizes around: rounding may have been kind.
AROUND = 9
#: How many times the reference's error is another matter than bad luck.
FAR_WORSE = 16.0

PRECISIONS = ("float32", "float64")


@dataclass(frozen=True)
class Break:
    """An input at which the printed form breaks.

    Attributes:
        where: The inputs, in words.
        precision: "float32" or "float64".
        printed: What the printed form gives there.
        right: What is right.
        grows: Whether this is the first of growing inputs.
    """

    where: str
    precision: str
    printed: float
    right: float
    grows: bool

    @property
    def severe(self) -> bool:
        """Whether it is inf or nan, and not digits alone."""
        return not np.isfinite(self.printed)

    def __str__(self) -> str:
        """Return it as a line of evidence."""
        begin = "from " if self.grows else "at "
        given = f"{words.value(self.printed)} where {words.value(self.right)} is right"
        return f"{self.precision}: {given}, {begin}{self.where}{' on' if self.grows else ''}"


def breaks(question: Question) -> list[Break]:
    """Return where the claim breaks, inf and nan first."""
    found = [
        one
        for extreme in question.claim.extremes
        for precision in PRECISIONS
        for one in _along(question, extreme, precision)
    ]
    return sorted(found, key=lambda one: not one.severe)


def _along(question: Question, extreme: Extreme, precision: str) -> Iterator[Break]:
    """Yield the first inf or nan, and the first lack of digits if that comes before."""
    sizes = SIZES if extreme.growing else np.ones(1)
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        inputs = _stacked(question, extreme, sizes, precision)
        exact = [value.astype(jnp.float64) for value in inputs]
        printed = _leaves(jax.vmap(question.said)(*inputs))
        reference = _leaves(jax.vmap(question.truth)(*inputs))
        right = _leaves(jax.vmap(question.truth)(*exact))
        limits = jnp.finfo(precision)
        for by_hand, by_reference, truth in zip(printed, reference, right, strict=True):
            fits = np.isfinite(truth) & (np.abs(truth) < float(limits.max))
            size = np.max(np.where(fits, np.abs(truth), 0), axis=1)
            lost = _lost(by_hand, by_reference, truth, fits, size, limits)
            gone = (fits & ~np.isfinite(by_hand)).any(axis=1)
            first = _first(gone), _first(lost)
            for rung in {first[0], first[1] if _before(first[1], first[0]) else None} - {None}:
                column = _worst(by_hand[rung], truth[rung], fits[rung])
                where = _in_words(question, extreme, inputs, rung)
                numbers = float(by_hand[rung, column]), float(truth[rung, column])
                yield Break(where, precision, *numbers, grows=bool(extreme.growing))


def _stacked(
    question: Question, extreme: Extreme, sizes: np.ndarray, precision: str
) -> list[jax.Array]:
    each = [
        question.inputs(
            {**extreme.fixed, **{k: size * np.asarray(v) for k, v in extreme.growing.items()}},
            precision,
        )
        for size in sizes
    ]
    return [jnp.stack(values) for values in zip(*each, strict=True)]


def _leaves(tree: Any) -> list[np.ndarray]:
    return [np.asarray(leaf, np.float64).reshape(len(leaf), -1) for leaf in jax.tree.leaves(tree)]


def _lost(
    by_hand: np.ndarray,
    by_reference: np.ndarray,
    truth: np.ndarray,
    fits: np.ndarray,
    size: np.ndarray,
    limits: Any,
) -> np.ndarray:
    """Return at which sizes half of the digits are gone, of the largest element of the leaf."""
    held = size >= float(limits.tiny)  # what is smaller has fewer digits in this precision

    def error(given: np.ndarray) -> np.ndarray:
        off = np.max(np.where(fits & np.isfinite(given), np.abs(given - truth), 0), axis=1)
        return np.where(held, off / np.where(held, size, 1), 0)

    theirs = error(by_reference)
    reach = AROUND // 2
    padded = np.pad(theirs, reach, mode="edge")
    unlucky = np.max([padded[k : k + len(theirs)] for k in range(AROUND)], axis=0)
    ours = error(by_hand)
    allowed = np.maximum(FAR_WORSE * np.maximum(unlucky, float(limits.eps)), limits.eps**0.5)
    return ~(ours <= allowed)


def _first(found: np.ndarray) -> int | None:
    return int(np.argmax(found)) if found.any() else None


def _before(one: int | None, other: int | None) -> bool:
    return one is not None and (other is None or one < other)


def _worst(by_hand: np.ndarray, truth: np.ndarray, fits: np.ndarray) -> int:
    off = np.where(np.isfinite(by_hand), np.abs(by_hand - truth), np.inf)
    return int(np.argmax(np.where(fits, off, -1)))


def _in_words(question: Question, extreme: Extreme, inputs: list[jax.Array], rung: int) -> str:
    at = dict(zip(question.claim.inputs, inputs, strict=True))
    return ", ".join(
        f"{name} = {number(at[name][rung])}" for name in (*extreme.growing, *extreme.fixed)
    )


def number(value: Any) -> str:
    """Write an input: three digits; an array of equal elements as one of them."""
    elements = np.asarray(value, np.float64).ravel()
    if np.ptp(elements) == 0:
        return f"{elements[0]:.3g}"
    return f"({', '.join(f'{element:.3g}' for element in elements)})"


def named(values: Mapping[str, Any]) -> str:
    """Write inputs by name: ``x = 0``."""
    return ", ".join(f"{name} = {number(value)}" for name, value in values.items())
