"""The test pictures that were taken for something else, the surest mistakes first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.pictures import style

#: So many pictures are shown at most, in rows of so many.
MOST, COLUMNS = 24, 8


@dataclass(frozen=True, eq=False)
class Misread:
    """One picture that was taken for something else.

    Attributes:
        row: Its row in the test part.
        pixels: The picture.
        true: Its class by name.
        said: What the network said.
        margin: How much larger the said class's output was than the true one's.
    """

    row: int
    pixels: Float[np.ndarray, "height width"]
    true: str
    said: str
    margin: float


def misclassified(misreads: Sequence[Misread], total: int) -> Figure:
    """Return the pictures with what they are and what they were taken for.

    Args:
        misreads: Every mistake; the surest are drawn.
        total: Rows of the test part, for the title.
    """
    shown = sorted(misreads, key=lambda misread: -misread.margin)[:MOST]
    lines = max(1, -(-len(shown) // COLUMNS))
    with style.styled():
        figure = style.canvas(8.6, 0.9 + 1.42 * lines)
        grid = figure.subplots(lines, COLUMNS, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        for axes, misread in zip(grid.flat, shown, strict=False):
            _draw(axes, misread)
        figure.suptitle(_title(len(misreads), len(shown), total), x=0.01, ha="left", weight="bold")
    return figure


def _draw(axes: Axes, misread: Misread) -> None:
    axes.imshow(misread.pixels, cmap="gray_r", interpolation="none")
    axes.set_title(
        f"{misread.true}, said {misread.said}", fontsize=9.5, weight="normal", loc="center", pad=3
    )
    axes.text(
        0.5,
        -0.04,
        f"row {misread.row}",
        transform=axes.transAxes,
        ha="center",
        va="top",
        fontsize=7.5,
        alpha=0.75,
    )


def _title(mistakes: int, shown: int, total: int) -> str:
    if not mistakes:
        return f"None of {total} test pictures was misclassified"
    surest = f"; the {shown} surest mistakes" if shown < mistakes else ""
    return f"{mistakes} of {total} test pictures misclassified{surest}"
