"""Loss and accuracy over the epochs, both gradients on one axis, their difference below."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.pictures import style
from compare.training.history import History

#: Accuracies are shares, and are shown in percent.
_SCALES = MappingProxyType({"loss": 1, "accuracy": 100})


def curves(histories: Mapping[str, History], loss_unit: str = "") -> Figure:
    """Return the curves of one run, or of two with their difference.

    Args:
        histories: By gradient: "manual", "autodiff".
        loss_unit: Of the loss, for its axis: "nats".
    """
    columns = ["loss", "accuracy"][: 1 + _classifies(histories)]
    rows = 2 if len(histories) == 2 else 1
    units = {"loss": f" [{loss_unit}]" * bool(loss_unit), "accuracy": " [%]"}
    with style.styled():
        figure = style.canvas(4.9 * len(columns), 3.3 + 1.7 * (rows - 1))
        grid = figure.subplots(
            rows, len(columns), squeeze=False, sharex=True, height_ratios=[2.3, 1][:rows]
        )
        for axes, what in zip(grid[0], columns, strict=True):
            _draw(axes, histories, what)
            axes.set(title=what.capitalize(), ylabel=f"{what}{units[what]}")
        _stretch(grid[0, 0])
        for axes, what in zip(grid[1] if rows == 2 else (), columns, strict=False):
            _draw_difference(axes, histories, what)
            axes.set(title=_minus(histories), ylabel=f"difference{units[what]}")
        for axes in grid[-1]:
            axes.set_xlabel("epoch")
            style.whole_ticks(axes)
        grid[0, -1].legend(loc="best")
    return figure


def _stretch(axes: Axes) -> None:
    """Make the scale logarithmic where a loss falls a long way, so that its end can be seen."""
    heights = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines])
    heights = heights[np.isfinite(heights)]
    if heights.size and 0 < 10 * heights.min() < heights.max():
        axes.set_yscale("log")


def _classifies(histories: Mapping[str, History]) -> bool:
    return any(np.isfinite(history.accuracy).any() for history in histories.values())


def _minus(histories: Mapping[str, History]) -> str:
    return " − ".join(map(said, histories))


def said(name: str) -> str:
    """Return what an engine is called in a picture."""
    return "hand" if name == "manual" else name


def _draw(axes: Axes, histories: Mapping[str, History], what: str) -> None:
    """Draw training and validation of each run; a column of nan has no line."""
    scale = _SCALES[what]
    for name, history in histories.items():
        line = style.engine(name)
        axes.plot(history.epoch, scale * getattr(history, what), label=f"{said(name)}", **line)
        checked = scale * getattr(history, f"validation_{what}")
        if np.isfinite(checked).any():
            size = 5.5 if name == "manual" else 2.2  # where both lie, both are seen
            thin = {**line, "linewidth": 1.0, "marker": "o", "markersize": size}
            axes.plot(history.epoch, checked, label=f"{said(name)}, validation", **thin)


def _draw_difference(axes: Axes, histories: Mapping[str, History], what: str) -> None:
    epochs, difference = _difference(histories, what)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.plot(epochs, _SCALES[what] * difference, color=style.OTHER["color"], linewidth=1.6)
    axes.ticklabel_format(axis="y", scilimits=(-2, 3))
    if not difference.any():
        axes.set_ylim(-1, 1)
        axes.text(0.02, 0.9, "equal to the last digit", transform=axes.transAxes, va="top")


def _difference(
    histories: Mapping[str, History], what: str
) -> tuple[Float[np.ndarray, " epochs"], Float[np.ndarray, " epochs"]]:
    """Return first minus second over the epochs that both have."""
    first, second = histories.values()
    shared = min(len(first.epoch), len(second.epoch))
    difference = getattr(first, what)[:shared] - getattr(second, what)[:shared]
    return np.asarray(first.epoch[:shared], dtype=float), difference
