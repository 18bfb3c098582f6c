"""Inputs drawn afresh, each as what it visibly is, and where a claim does not hold at them.

    labels             whole numbers of -1, 0 and 1: those that occur, each again at least once
    one-hot rows       another class
    shares             rows that sum to 1
    numbers in [0, 1]  uniform between 0 and 1; an exact 0 or 1 stays
    all else           normal, of the same size, signs and all
    ``held``           what the equation prints a number for: as it is

An equation that holds at one set of inputs may do so by chance, and an edit of it as well.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from compare.lectures.question import Question
from compare.probing.structure import is_one_hot
from compare.program import run, trace, with_float64
from manual_backprop.lectures import Claim, Values

#: Sets of inputs beside the claim's own.
DRAWS = 8
#: Largest difference, in parts of the largest element: far more than float64 rounds.
SAME = 1e-8
#: Fractions keep this far from 0 and 1, where logarithms grow without end.
EDGE = 0.05
SEED = 0


def draws(claim: Claim, seed: int = SEED) -> list[Values]:
    """Return other inputs of a claim, by name."""
    rng = np.random.default_rng(seed)
    return [
        {
            name: np.asarray(value, np.float64) if name in claim.held else _drawn(value, rng)
            for name, value in claim.inputs.items()
        }
        for _ in range(DRAWS)
    ]


def _drawn(usual: Any, rng: np.random.Generator) -> np.ndarray:
    value = np.asarray(usual, np.float64)
    if np.isin(value, (-1, 0, 1) if value.size > 1 else (0, 1)).all():
        return _labels(value, rng)
    if value.size > 1 and (value >= 0).all() and (value <= 1).all():
        inner = rng.uniform(EDGE, 1 - EDGE, value.shape)
        if value.ndim == 2 and np.allclose(value.sum(axis=-1), 1):
            return np.asarray(inner / inner.sum(axis=-1, keepdims=True))
        return np.where(np.isin(value, (0, 1)), value, inner)
    size = float(np.sqrt(np.mean(value**2)))
    return np.asarray(size * rng.standard_normal(value.shape))


def _labels(value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if is_one_hot(value):
        chosen = rng.integers(value.shape[-1], size=value.shape[:-1])
        return np.eye(value.shape[-1])[chosen]
    if not value.ndim:  # one label of 0 or 1
        return np.asarray(rng.choice([0.0, 1.0]))
    kinds = np.unique(value)
    drawn = rng.choice(kinds, value.shape)
    while np.unique(drawn).size < kinds.size:
        drawn = rng.choice(kinds, value.shape)
    return drawn


def both_sides(question: Question, points: Sequence[Values]) -> tuple[np.ndarray, np.ndarray]:
    """Return what is said and what is right in float64, a row a point; partials within left out."""
    names = list(question.claim.inputs)
    given = [[np.asarray(point[name], np.float64) for name in names] for point in points]
    return _rows(question.gradient, given), _rows(question.truth, given)


def _rows(function: Callable[..., Any], given: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    with with_float64(), np.errstate(all="ignore"):
        program, _ = trace(function, *map(jnp.asarray, given[0]), write_out=True)
        found = [run(program, inputs) for inputs in given]  # on NumPy: nothing is compiled
    return np.stack([np.concatenate([np.ravel(leaf) for leaf in leaves]) for leaves in found])


def failures(question: Question, points: Sequence[Values]) -> list[Values]:
    """Return the points at which a claim does not hold; where nothing is right none can."""
    said, right = both_sides(question, points)
    finite = np.isfinite(right).all(axis=1)
    allowed = SAME * np.abs(right).max(axis=1, keepdims=True)
    holds = (np.abs(said - right) <= allowed).all(axis=1)
    return [point for point, bad in zip(points, finite & ~holds, strict=True) if bad]


def constant_ratio(question: Question, points: Sequence[Values]) -> bool:
    """Return whether what is said is one and the same multiple of what is right everywhere."""
    said, right = both_sides(question, points)
    finite = np.isfinite(right) & np.isfinite(said) & (right != 0)
    if np.any(said[np.isfinite(said) & (right == 0)]) or not finite.any():
        return False
    ratios = said[finite] / right[finite]
    return bool(np.ptp(ratios) <= SAME * np.abs(ratios).max())
