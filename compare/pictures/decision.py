"""What a network says of every point of the plane, and the test rows on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.figure import Figure

from compare.pictures import style

#: Marker and filling of each class's rows.
_MARKS: tuple[tuple[Literal["o", "s"], str], ...] = (("o", "white"), ("s", "#b8450a"))


@dataclass(frozen=True, eq=False)
class Plane:
    """Two features, two classes.

    Attributes:
        across: First feature of the grid's columns.
        up: Second feature of the grid's rows.
        margin: By how much class 1's output is above class 0's, at each point of the grid.
        points: Test rows.
        labels: Their classes.
        class_names: What the two classes are called.
    """

    across: Float[np.ndarray, " columns"]
    up: Float[np.ndarray, " lines"]
    margin: Float[np.ndarray, "lines columns"]
    points: Float[np.ndarray, "rows 2"]
    labels: Int[np.ndarray, " rows"]
    class_names: tuple[str, ...]


def decision(plane: Plane) -> Figure:
    """Return the plane: darker where class 1 is said, and a line where the answer changes."""
    with style.styled():
        figure = style.canvas(6.4, 5.2)
        axes = figure.subplots()
        paint(axes, plane)
        axes.set_title("What the network says, and the test rows")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="class")
    return figure


def paint(axes: Axes, plane: Plane, dot: float = 22) -> Collection:
    """Draw the plane and its rows, and return the shading, for ``shade_key``.

    Args:
        axes: Where to.
        plane: What.
        dot: Size of a mark, in points squared.
    """
    said = 1 / (1 + np.exp(-np.clip(plane.margin, -30, 30)))
    shading = axes.pcolormesh(
        plane.across, plane.up, said, cmap="Blues", vmin=-0.2, vmax=1.3, shading="gouraud",
        rasterized=True,
    )  # fmt: skip
    if plane.margin.min() < 0 < plane.margin.max():
        axes.contour(plane.across, plane.up, plane.margin, levels=[0], colors="#101010")
    for label, (marker, fill) in enumerate(_MARKS):
        first, second = plane.points[plane.labels == label].T
        name = plane.class_names[label]
        dots = axes.scatter(first, second, s=dot, marker=marker, c=fill, label=name)
        dots.set(edgecolors="#1a1a1a", linewidths=0.8 if dot > 12 else 0.4)
    axes.set(xlabel="first feature", ylabel="second feature", aspect="equal")
    axes.grid(visible=False)
    axes.locator_params(nbins=6)
    return shading


def shade_key(shading: Collection, beside: Sequence[Axes], what: str) -> None:
    """Draw what the shading of ``paint`` stands for, beside some axes.

    Args:
        shading: What ``paint`` returned; it is the same scale in every picture.
        beside: The axes that it is the key of.
        what: Its label.
    """
    key = beside[0].figure.colorbar(shading, ax=beside, label=what, shrink=0.6, aspect=28)
    key.ax.set_ylim(0, 1)  # the scale goes on, so that its ends are not too light and too dark
    key.set_ticks([0, 0.25, 0.5, 0.75, 1])
