"""Train, validation and test: 80/10/10 among others.

Source: L3, "Training recipe for MLP: split your data".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn.datasets import Dataset, digits, split

SHARES = ((0.8, 0.1, 0.1), (0.7, 0.15, 0.15), (0.6, 0.2, 0.2), (0.9, 0.0, 0.1))
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Dealt:
    """What every split deals.

    Attributes:
        counts: Rows of every part and class, by shares.
        complete: By shares, whether every row lies in exactly one part.
        classes: Rows of every class altogether.
    """

    counts: Mapping[tuple[float, ...], Int[np.ndarray, "3 classes"]]
    complete: Mapping[tuple[float, ...], bool]
    classes: Int[np.ndarray, " classes"]

    def off(self, shares: tuple[float, ...]) -> float:
        """Return by how many rows a class in a part is off its share, at most."""
        wanted = np.outer(shares, self.classes)
        return float(np.abs(self.counts[shares] - wanted).max())

    @property
    def holds(self) -> bool:
        """Disjoint, covering, to the nearest row, every class in proportion."""
        rows = self.classes.sum()
        nearest = all(
            np.abs(count.sum(axis=1) - rows * np.array(shares)).max() < 1
            for shares, count in self.counts.items()
        )
        return nearest and all(self.complete.values()) and max(map(self.off, self.counts)) < 2

    @property
    def figures(self) -> Mapping[str, str]:
        """The rows of every part."""
        return {
            _title(shares): f"{', '.join(map(str, count.sum(axis=1)))} rows; "
            f"a class off by {self.off(shares):.1f} rows at most"
            for shares, count in self.counts.items()
        }


def compute(budget: Budget, seed: int) -> Dealt:
    """Deal the digits, each row marked so that it is known again."""
    whole = digits()
    marked = Dataset(np.arange(len(whole), dtype=np.float32)[:, None], whole.y, 10, "digits")
    counts: dict[tuple[float, ...], np.ndarray] = {}
    complete: dict[tuple[float, ...], bool] = {}
    for shares in SHARES:
        parts = split(marked, shares, seed).parts
        counts[shares] = np.stack([np.bincount(part.y, minlength=10) for part in parts])
        rows = np.sort(np.concatenate([part.x[:, 0] for part in parts]))
        complete[shares] = bool((rows == np.arange(len(whole))).all())
    return Dealt(counts, complete, np.bincount(whole.y, minlength=10))


def draw(found: Dealt) -> Figure:
    """Return the rows of every class and part, a panel a split."""
    with style.styled():
        figure = style.canvas(9.8, 6.2)
        fills = (("#2b6ca3", ""), ("#9cc3de", "///"), ("#f3e3d3", "..."))
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, (shares, count) in zip(panels.flat, found.counts.items(), strict=True):
            below = np.zeros(10)
            for part, (fill, hatch) in enumerate(fills):
                rows = count[part]
                axes.bar(
                    range(10), rows, bottom=below, color=fill, hatch=hatch, edgecolor=style.INK,
                    linewidth=0.6, label=f"{PARTS[part]}, {rows.sum()} rows",
                )  # fmt: skip
                below = below + rows
            axes.set(title=_title(shares), xticks=range(10), ylim=(0, 265))
            axes.legend(loc="upper center", ncols=3, fontsize=8, columnspacing=0.8)
        for axes in panels[:, 0]:
            axes.set_ylabel("rows")
        for axes in panels[1]:
            axes.set_xlabel("digit")
    return figure


def _title(shares: tuple[float, ...]) -> str:
    return " / ".join(f"{100 * share:g}" for share in shares) + " %"


SYSTEM = System(
    name="splits",
    entries=("S3-2",),
    title="Train, validation and test",
    claim="80/10/10 and other splits deal every row to exactly one part, each part its share to "
    "the nearest row and of every class within two rows.",
    compute=compute,
    draw=draw,
)
