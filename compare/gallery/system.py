"""What a system of the gallery is: something of the lectures that runs, with the claim it shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from matplotlib.figure import Figure

#: What is called L0 to L4: the lectures, in their order.
LECTURES = (
    "Neural networks (differentiable programming)",
    "10-601B Introduction to machine learning, lecture 15",
    "Neural networks (Fraida Fund)",
    "L8 Neural networks",
    "UVA CS 6316, Introduction to neural networks and deep learning",
)


@dataclass(frozen=True)
class Budget:
    """How much work a system may do.

    Attributes:
        share: Of the steps, starts or frames that the gallery itself takes; 1 is all of them.
        data: Where handwritten digits come from: "digits", or a folder with MNIST's IDX files.
    """

    share: float | int = 1.0
    data: str = "digits"

    def __post_init__(self) -> None:
        """Refuse a share of nothing."""
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}; wanted more than 0, at most 1")

    def of(self, count: int, least: int = 1) -> int:
        """Return the share of a count, ``least`` at least."""
        return max(least, round(self.share * count))


@runtime_checkable
class Finding(Protocol):
    """What a system found: data, from which the picture is drawn."""

    @property
    def holds(self) -> bool:
        """Whether the numbers bear the claim out."""

    @property
    def figures(self) -> Mapping[str, str]:
        """The numbers that decide it: what, and how much."""


@dataclass(frozen=True)
class System:
    """One system.

    Attributes:
        name: On the command line, and of its files.
        entries: What it is of the lectures' list: "S2-6" is the sixth system of L2.
        title: In a few words.
        claim: What is shown, in one sentence that could be false.
        compute: Runs it with a budget and a seed.
        draw: Makes the picture of what was found.
        extras: Writes further files of it into a folder, an animation or a drawing.
        captions: What each of these shows, by its name.
    """

    name: str
    entries: tuple[str, ...]
    title: str
    claim: str
    compute: Callable[[Budget, int], Finding]
    draw: Callable[[Any], Figure]
    extras: Callable[[Any, Path], Sequence[Path]] | None = None
    captions: Mapping[str, str] = field(default_factory=dict)

    @property
    def lecture(self) -> int:
        """Number of the lecture that its first entry is of."""
        return int(self.entries[0][1])
