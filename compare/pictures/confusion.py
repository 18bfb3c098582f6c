"""The confusion matrix: which class was taken for which."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from compare.pictures import style

#: With more classes than this, cells are too small for numbers.
MOST_NUMBERED = 20


def confusion(
    counts: Int[np.ndarray, "classes classes"], class_names: Sequence[str] | None = None
) -> Figure:
    """Return the matrix as a picture.

    Args:
        counts: How often class j was said (column) where i was right (row).
        class_names: What each class is called; its number, when left out.

    Colour is the share of a row, stretched so that a few mistakes beside many right ones show.
    """
    names = list(class_names) if class_names is not None else [str(i) for i in range(len(counts))]
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    with style.styled():
        side = 2.6 + 0.42 * max(4, min(len(counts), 24))
        figure = style.canvas(side + 0.6, side)
        axes = figure.subplots()
        norm = PowerNorm(0.4, vmin=0, vmax=1)
        image = axes.pcolormesh(
            np.ma.masked_equal(share, 0),
            cmap=style.SCALE,
            norm=norm,
            rasterized=len(counts) > MOST_NUMBERED,
        )
        axes.set_aspect("equal")
        axes.invert_yaxis()
        if len(counts) <= MOST_NUMBERED:
            _write_counts(axes, counts, norm(share))
        _label(axes, names)
        bar = figure.colorbar(image, ax=axes, fraction=0.046, ticks=[0, 0.01, 0.1, 0.5, 1])
        bar.ax.set_yticklabels(["0", "1 %", "10 %", "50 %", "100 %"])
        bar.set_label("share of the true class's rows")
        bar.outline.set_visible(False)
        axes.set_title(_title(counts))
    return figure


def _title(counts: Int[np.ndarray, "classes classes"]) -> str:
    rows, right = int(counts.sum()), int(np.trace(counts))
    accuracy = f": {100 * right / rows:.2f} % right" if rows else ""
    return f"{right} of {rows} test rows{accuracy}"


def _write_counts(
    axes: Axes, counts: Int[np.ndarray, "classes classes"], lightness: np.ndarray
) -> None:
    for (row, column), number in np.ndenumerate(counts):
        if number:
            colour = style.contrast(float(lightness[row, column]))
            weight = "bold" if row == column else "normal"
            place = (column + 0.5, row + 0.5)
            axes.text(*place, str(number), ha="center", va="center", color=colour, weight=weight)


def _label(axes: Axes, names: Sequence[str]) -> None:
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    step = max(1, len(names) // 25)
    places = [place + 0.5 for place in range(0, len(names), step)]
    steep = 45 if max(map(len, names)) > 3 else 0
    axes.set_xticks(places, names[::step], rotation=steep, ha="right" if steep else "center")
    axes.set_yticks(places, names[::step])
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_xticks(range(1, len(names)), minor=True)
    axes.set_yticks(range(1, len(names)), minor=True)
    axes.grid(visible=True, which="minor", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
