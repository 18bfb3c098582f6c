"""The norm of each layer's gradient over the epochs: who learns, who has stopped, who explodes."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.pictures import style
from compare.pictures.curves import said
from compare.training.history import History

#: Lines of a run: as many as can be told apart.
MOST = 8


def gradient_norms(histories: Mapping[str, History]) -> Figure:
    """Return the norms, a line a layer, of some of many; of two runs, the second dashed.

    Args:
        histories: By gradient: "manual", "autodiff".
    """
    with style.styled():
        figure = style.canvas(7.6, 3.8)
        axes = figure.subplots()
        for order, (name, history) in enumerate(histories.items()):
            _draw(axes, history, name if len(histories) > 1 else "", order)
        axes.set_yscale("log")
        axes.set_xlabel("epoch")
        axes.set_ylabel("norm of the last batch's gradient")
        style.whole_ticks(axes)
        engines = " and ".join(map(said, histories))
        axes.set_title(f"Gradient norm per layer ({engines})")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def shown(layers: int) -> list[int]:
    """Return which layers are drawn: all, or of many some, evenly spread, the two ends included."""
    return sorted({round(place) for place in np.linspace(0, layers - 1, min(layers, MOST))})


def _draw(axes: Axes, history: History, name: str, order: int) -> None:
    """Draw a run: the first in colour, named by its layers; the second dashed over it."""
    layers = shown(history.gradient_norm.shape[1])
    for place, layer in enumerate(layers):
        norms = history.gradient_norm[:, layer]
        line = {
            **style.series(place, len(history)),
            "linewidth": 2.4,
            "label": f"layer {layer + 1}{name and f', {said(name)}'}",
        }
        over = {"color": style.INK, "linewidth": 1.1, "linestyle": (0, (2, 3))}
        over["label"] = f"the same, {said(name)}" if layer == layers[-1] else "_nothing"
        positive = np.where(norms > 0, norms, np.nan)  # a logarithm knows no zero
        axes.plot(history.epoch, positive, **(over if order else line))
