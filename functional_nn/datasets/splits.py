"""Rows dealt into train, validation and test: exact shares, disjoint, covering, seeded."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int, Integer

from functional_nn.datasets.dataset import Dataset, Splits
from functional_nn.datasets.seeds import generator

_PARTS = ("train", "validation", "test")


def split(
    dataset: Dataset,
    fractions: Sequence[float | int] = (0.8, 0.1, 0.1),
    seed: int = 0,
    *,
    stratify: bool = True,
) -> Splits:
    """Deal the rows into train, validation and test.

    Each row lands in exactly one part, and each part has its share of the rows to the nearest
    row. The rows of a part come in random order.

    Args:
        dataset: What to deal.
        fractions: Shares of train, validation and test; they add up to 1. A share of 0 leaves
            that part out: it has no rows.
        seed: The same seed deals the same rows.
        stratify: Give each part its share of every class, less than two rows off. Values to
            fit have no classes and are dealt at random.

    Raises:
        ValueError: If the fractions are no three shares of 1, or a part would have no rows
            though its share is not 0.
    """
    if len(dataset) == 0:
        raise ValueError(f"{dataset.name} has no rows to split; wanted one at least.")
    labels = dataset.y if stratify and not dataset.has_values else None
    return Splits(*map(dataset.select, dealt(len(dataset), labels, fractions, seed)))


def dealt(
    rows: int,
    labels: Integer[np.ndarray, " rows"] | None,
    fractions: Sequence[float | int],
    seed: int,
) -> list[Int[np.ndarray, " part"]]:
    """Return which rows are of train, of validation and of test; ``split`` says how.

    Args:
        rows: How many there are.
        labels: Of each, to give each part its share of every class; None to do without.
        fractions: As ``split`` takes them.
        seed: Likewise.
    """
    counts = _counts(rows, _shares(fractions))
    random = generator(seed)
    line = random.permutation(rows)
    if labels is not None:
        line = line[np.argsort(labels[line], kind="stable")]
    part_of_row = np.empty_like(line)
    part_of_row[line] = _deal(counts)
    order = random.permutation(rows)
    return [order[part_of_row[order] == part] for part in range(3)]


def _deal(counts: Sequence[int]) -> Int[np.ndarray, " rows"]:
    """Return the part of each place in line, every part spread evenly along the line.

    Part p with k_p rows asks for the places (i + 1/2) / k_p of the way, i = 0 .. k_p - 1, and
    the wishes are served in order. Among the first m of n places part p then has m k_p / n, give
    or take (1 + k_p / n) / 2. A class is a stretch of the line, between two such places: it is
    dealt in proportion, less than two rows off.
    """
    wishes = np.concatenate([(np.arange(count) + 0.5) / count for count in counts if count])
    parts = np.repeat(np.arange(len(counts)), counts)
    return parts[np.argsort(wishes, kind="stable")]


def _counts(rows: int, shares: Sequence[float]) -> list[int]:
    """Return whole rows for each share, adding up to all rows (largest remainder first)."""
    exact = [share * rows for share in shares]
    counts = [math.floor(e + 1e-9) for e in exact]
    by_remainder = sorted(range(len(shares)), key=lambda p: counts[p] - exact[p])
    for p in by_remainder[: rows - sum(counts)]:
        counts[p] += 1
    for part, count, share in zip(_PARTS, counts, shares, strict=True):
        if share > 0 and count == 0:
            raise ValueError(
                f"{share:g} of {rows} rows leaves the {part} part empty; wanted a row at least. "
                f"Give {math.ceil(1 / share)} rows or more, a larger fraction, or 0 to do without."
            )
    return counts


def _shares(fractions: Sequence[float | int]) -> tuple[float, ...]:
    shares = tuple(float(fraction) for fraction in fractions)
    good = len(shares) == 3 and all(0 <= share <= 1 for share in shares) and shares[0] > 0
    if not (good and math.isclose(sum(shares), 1, abs_tol=1e-6)):
        raise ValueError(
            f"fractions are {shares}, adding up to {sum(shares):g}; wanted three shares of 0 to 1 "
            "(train, validation, test) that add up to 1, train above 0. As in (0.8, 0.1, 0.1)."
        )
    return tuple(share / sum(shares) for share in shares)
