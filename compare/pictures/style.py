"""How every picture looks: read in colour and in grey, on paper and on a dark page.

The hand derivation is a broad light line, autodiff a dark dashed one that can be seen on top of
it, in grey too; a value that grows gets darker. Text is of one ink, so that a page can exchange it
(``compare.pictures.files``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

#: Colour of text, frames and ticks.
INK = "#1d2b3a"
#: Colour and line style of each engine.
HAND = MappingProxyType({"color": "#5aa9dc", "linestyle": "-", "linewidth": 3.4})
AUTODIFF = MappingProxyType({"color": "#b8450a", "linestyle": (0, (4, 3)), "linewidth": 1.5})
OTHER = MappingProxyType({"color": "#7b6aa8", "linestyle": ":", "linewidth": 1.8})
#: Of several lines in one picture: colours of one middling lightness, to be seen on white and on
#: a dark page, and a marker each, to be told apart in grey.
SERIES = tuple(
    zip(
        ("#2b83ba", "#e66101", "#3d9a50", "#8e6bbf", "#b0722b", "#c2518f", "#4f8f8f", "#7d8a2e"),
        "osD^vP*X",
        strict=True,
    )
)
#: Of errors and counts: monotone in lightness.
SCALE = "YlGnBu"

_SETTINGS = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#8a949e",
    "grid.alpha": 0.28,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "figure.facecolor": "white",
    "axes.facecolor": "none",
    "svg.fonttype": "path",  # letters as outlines: the same on a machine without the font
    "svg.hashsalt": "handgrad",  # equal pictures are equal files
    "axes.formatter.use_mathtext": True,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in this style; the caller's own settings come back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)  # type: ignore[arg-type] # its keys are literals
        yield


def canvas(width: float, height: float) -> Figure:
    """Return an empty figure, sizes in inches, whose parts keep clear of each other."""
    return Figure(figsize=(width, height), layout="constrained")


def engine(name: str) -> dict[str, Any]:
    """Return the line of an engine: "manual", "autodiff", or another by its own name."""
    return dict({"manual": HAND, "hand": HAND, "autodiff": AUTODIFF}.get(name, OTHER))


def series(position: int, points: int) -> dict[str, Any]:
    """Return the line of the n-th of several, with about a dozen markers along it."""
    colour, marker = SERIES[position % len(SERIES)]
    every = max(1, points // 12)
    return {"color": colour, "marker": marker, "markersize": 4.5, "markevery": every}


def whole_ticks(axes: Axes) -> None:
    """Count epochs and steps in whole numbers."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def contrast(share: float) -> str:
    """Return the colour of text on ``SCALE`` at a share from 0 (light) to 1 (dark)."""
    return "white" if share > 0.55 else "#1a1a1a"
