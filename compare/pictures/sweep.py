"""A sweep at a glance: the loss it ends with over learning rates, a line an initial scale."""

import numpy as np
from matplotlib.figure import Figure

from compare.pictures import style
from compare.training.sweeping import SweepResult


def sweep(result: SweepResult) -> Figure:
    """Return the picture: means over the seeds as lines, single models as dots.

    Models that did not stay finite are crosses at the upper edge.
    """
    with style.styled():
        figure = style.canvas(6.4, 4.0)
        axes = figure.subplots()
        validated = np.isfinite(result.validation_loss).any()
        for place, scale in enumerate(dict.fromkeys(result.scales.tolist())):
            mine = result.scales == scale
            line = style.series(place, 1)
            rates = sorted(dict.fromkeys(result.learning_rates[mine].tolist()))
            chosen = [mine & result.finite & (result.learning_rates == rate) for rate in rates]
            means = [result.judged[some].mean() if some.any() else np.nan for some in chosen]
            axes.plot(rates, means, label=f"initial scale {scale:g}", linewidth=1.6, **line)
            good = mine & result.finite
            dots = {"s": 12, "alpha": 0.5, "color": line["color"]}
            axes.scatter(result.learning_rates[good], result.judged[good], **dots)
            bad = result.learning_rates[mine & ~result.finite]
            axes.plot(
                bad, np.ones(len(bad)), "x", color=line["color"], clip_on=False,
                transform=axes.get_xaxis_transform(),
            )  # fmt: skip
        axes.set_xscale("log")
        good = result.judged[result.finite]
        if good.size and 0 < 10 * good.min() < good.max():
            axes.set_yscale("log")
        what = "validation loss" if validated else "loss"
        axes.set(xlabel="learning rate", ylabel=what, title=f"{len(result)} models")
        axes.legend(loc="best")
    return figure
