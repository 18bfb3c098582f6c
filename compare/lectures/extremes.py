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
        lasts: Whether it breaks at all larger inputs, too.
    """

    where: str
    precision: str
    printed: float
    right: float
    lasts: bool

    @property
    def severe(self) -> bool:
        """Whether it is inf or nan, and not digits alone."""
        return not np.isfinite(self.printed)

    @property
    def place(self) -> str:
        """Where it begins, in words."""
        return f"from {self.where} on" if self.lasts else f"at {self.where}"

    @property
    def short(self) -> str:
        """What it gives there, for a list."""
        gives = words.value(self.printed) if self.severe else "digits cancel"
        return f"{gives} {self.place} ({self.precision})"

    def __str__(self) -> str:
        """Return it as a line of evidence."""
        given = f"{words.value(self.printed)} where {words.value(self.right)} is right"
        return f"{self.precision}: {given}, {self.place}"


def breaks(question: Question) -> list[Break]:
    """Return where the claim breaks, inf and nan first."""
    said, truth = (jax.jit(jax.vmap(f)) for f in (question.said, question.truth))
    found = []
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for extreme in question.claim.extremes:
            for precision in PRECISIONS:
                inputs = _inputs(question, extreme, precision)
                exact = [value.astype(jnp.float64) for value in inputs]
                runs = (_leaves(said(*inputs)), _leaves(truth(*inputs)), _leaves(truth(*exact)))
                for leaf in zip(*runs, strict=True):
                    for rung, printed, right, lasts in _rungs(*leaf, precision):
                        where = _in_words(question, extreme, inputs, rung)
                        lasts = lasts and bool(extreme.growing)
                        found.append(Break(where, precision, printed, right, lasts))
    return sorted(found, key=lambda one: not one.severe)


def _inputs(question: Question, extreme: Extreme, precision: str) -> list[jax.Array]:
    """Return the inputs, as many of them for a single point, too: one program serves all."""
    sizes = SIZES if extreme.growing else np.ones_like(SIZES)
    return question.stacked(extreme.fixed, extreme.growing, sizes, precision)


def _rungs(
    by_hand: np.ndarray, by_reference: np.ndarray, truth: np.ndarray, precision: str
) -> Iterator[tuple[int, float, float, bool]]:
    """Yield the first inf or nan, and the first lack of digits if that comes before.

    Each with what is printed, what is right, and whether it stays so.
    """
    limits = jnp.finfo(precision)
    fits = np.isfinite(truth) & (np.abs(truth) < float(limits.max))
    first: dict[int, bool] = {}
    if (gone := (fits & ~np.isfinite(by_hand)).any(axis=1)).any():
        rung = int(np.argmax(gone))
        first[rung] = bool(gone[rung:].all())
    # in float64 the truth has no more digits than what is judged by it
    if precision == "float32":
        lost = _lost(by_hand, by_reference, truth, fits, limits)
        if lost.any() and (not gone.any() or np.argmax(lost) < np.argmax(gone)):
            rung = int(np.argmax(lost))
            first[rung] = bool((lost | gone)[rung:].all())
    for rung, lasts in first.items():
        off = np.where(np.isfinite(by_hand[rung]), np.abs(by_hand - truth)[rung], np.inf)
        column = int(np.argmax(np.where(fits[rung], off, -1)))
        printed, right = float(by_hand[rung, column]) + 0.0, float(truth[rung, column]) + 0.0
        yield rung, printed, right, lasts


def _leaves(tree: Any) -> list[np.ndarray]:
    return [np.asarray(leaf, np.float64).reshape(len(leaf), -1) for leaf in jax.tree.leaves(tree)]


def _lost(
    by_hand: np.ndarray,
    by_reference: np.ndarray,
    truth: np.ndarray,
    fits: np.ndarray,
    limits: Any,
) -> np.ndarray:
    """Return at which sizes half of the digits are gone, of the largest element of the leaf."""
    size = np.max(np.where(fits, np.abs(truth), 0), axis=1)
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


def _in_words(question: Question, extreme: Extreme, inputs: list[jax.Array], rung: int) -> str:
    at = dict(zip(question.claim.inputs, inputs, strict=True))
    return ", ".join(
        f"{name} = {number(np.asarray(at[name])[rung])}"
        for name in (*extreme.growing, *extreme.fixed)
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
