"""What the samples of a run say: medians, spread, and ratios of rounds run side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Row:
    """An engine on a workload.

    Attributes:
        label: Its name.
        version: Of what it runs on.
        ours: Whether it is one of our two.
        rate: Median steps per second; None when it did not run.
        spread: Distance between the quartiles, as a share of the median.
        ratio: Median over the rounds of its rate beside the fastest peer's.
        loss: After the warm-up, the same number of epochs for all.
        problem: Why it did not run.
    """

    label: str
    version: str
    ours: bool
    rate: float | None = None
    spread: float = 0.0
    ratio: float | None = None
    loss: float | None = None
    problem: str = ""


def rows(workload: dict[str, Any]) -> list[Row]:
    """Return the engines of one workload's record, in its order."""
    reference = fastest_peer(workload)
    return [_row(entry, reference) for entry in workload["engines"]]


def fastest_peer(workload: dict[str, Any]) -> dict[str, Any] | None:
    """Return the entry of the peer with the highest median; None when none ran."""
    ran = [e for e in workload["engines"] if not e["ours"] and "steps_per_second" in e]
    return max(ran, key=lambda entry: median(entry["steps_per_second"]), default=None)


def spread(samples: Sequence[float]) -> float:
    """Return the distance between the quartiles, as a share of the median."""
    if len(samples) < 2:
        return 0.0
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return (high - low) / median(samples)


def paired_ratio(samples: Sequence[float], beside: Sequence[float]) -> float:
    """Return the median of the ratios round by round: what slowed a round slowed both."""
    return median(a / b for a, b in zip(samples, beside, strict=True))


def _row(entry: dict[str, Any], reference: dict[str, Any] | None) -> Row:
    row = Row(entry["label"], entry["version"], entry["ours"], problem=entry.get("problem", ""))
    if "steps_per_second" not in entry:
        return row
    samples = entry["steps_per_second"]
    ratio = reference and paired_ratio(samples, reference["steps_per_second"])
    return Row(
        row.label, row.version, row.ours, median(samples), spread(samples), ratio, entry["loss"]
    )
