"""Prediction by threshold: p >= 0.5 is class 1.

Source: L3, "At test time".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float, Int
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import train
from functional_nn import MLP, Dense
from functional_nn.datasets import moons, split

NET = MLP((2, 8, 1), activations="tanh", loss="binary_cross_entropy", initializer="glorot_normal")


@dataclass(frozen=True, eq=False)
class Thresholded:
    """Probabilities of the test rows, and what is made of them.

    Attributes:
        p: Of class 1.
        labels: The classes.
        same: Whether ``predict`` says 1 exactly where p >= 0.5.
        at_a_half: What it says at p = 0.5.
        auc: Area under the curve of hits over false alarms, from the sorted probabilities.
        theirs: The same by scikit-learn.
    """

    p: Float[np.ndarray, " rows"]
    labels: Int[np.ndarray, " rows"]
    same: bool
    at_a_half: int
    auc: float
    theirs: float

    def accuracy(self, threshold: float) -> float:
        """Return the share of rows right with another threshold."""
        return float(np.mean((self.p >= threshold) == (self.labels == 1)))

    @property
    def rates(self) -> Float[np.ndarray, "2 thresholds"]:
        """False alarms and hits, the threshold falling."""
        return curve(self.p, self.labels)

    @property
    def holds(self) -> bool:
        """The threshold is 0.5, its tie is class 1, and it classifies."""
        rule = self.same and self.at_a_half == 1 and abs(self.auc - self.theirs) < 1e-12
        return rule and self.accuracy(0.5) > 0.8 and self.auc > 0.9

    @property
    def figures(self) -> Mapping[str, str]:
        """Accuracies and the area."""
        return {
            "predict says 1 where p >= 0.5": "on every row" if self.same else "not always",
            "at p = 0.5 it says": str(self.at_a_half),
            "test rows right": f"{self.accuracy(0.5):.1%}",
            "area under the curve": f"{self.auc:.4f} (scikit-learn: {self.theirs:.4f})",
        }


def curve(
    p: Float[np.ndarray, " rows"], labels: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, "2 thresholds"]:
    """Return the shares of class 0 and of class 1 said to be 1, as the threshold falls."""
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)  # equal ones fall together
    said = np.stack([np.cumsum(labels[order] == label)[ends] for label in (0, 1)])
    return np.concatenate([np.zeros((2, 1)), said / said[:, -1:]], axis=1)


def compute(budget: Budget, seed: int) -> Thresholded:
    """Train on two moons that overlap."""
    from sklearn.metrics import roc_auc_score

    data = split(moons(2000, noise=0.2, seed=seed), (0.5, 0.0, 0.5), seed)
    run = train(NET, optax.adam(0.01), data, epochs=budget.of(40, 20), seed=seed)
    x = jnp.asarray(data.test.x)
    p = np.asarray(NET.replace(output="sigmoid").apply(run.params, x), np.float64)[:, 0]
    said = np.asarray(NET.predict(run.params, x))
    nothing = tuple(Dense(*(jnp.zeros_like(leaf) for leaf in layer)) for layer in run.params)
    tie = int(NET.predict(nothing, x[:1])[0])  # its logit is 0, its p exactly 1/2
    across, up = curve(p, data.test.y)
    return Thresholded(
        p,
        data.test.y,
        bool((said == (p >= 0.5)).all()),
        tie,
        float(np.trapezoid(up, across)),
        float(roc_auc_score(data.test.y, p)),
    )


def draw(found: Thresholded) -> Figure:
    """Return the probabilities of both classes, other thresholds, and the curve."""
    with style.styled():
        figure = style.canvas(10.6, 3.7)
        first, second, third = figure.subplots(1, 3)
        bins = np.linspace(0, 1, 26)
        for label, fill, hatch in ((0, "#d5e5f0", ""), (1, "#c2703a", "///")):
            rows = found.p[found.labels == label]
            look = {"color": fill, "hatch": hatch, "edgecolor": style.INK, "linewidth": 0.6}
            first.hist(rows, bins, alpha=0.75, label=f"class {label}", **look)
        first.axvline(0.5, color=style.INK, linestyle="--", label="p = 0.5")
        first.set(xlabel="probability p of class 1", ylabel="test rows", title="Probabilities")
        first.legend()
        thresholds = np.linspace(0, 1, 101)
        shares = [100 * found.accuracy(threshold) for threshold in thresholds]
        second.plot(thresholds, shares, color=style.SERIES[0][0], linewidth=2)
        second.axvline(0.5, color=style.INK, linestyle="--")
        second.set(xlabel="threshold", ylabel="test rows right [%]")
        second.set_title(f"{found.accuracy(0.5):.1%} right at 0.5")
        across, up = 100 * found.rates
        third.plot(across, up, color=style.SERIES[0][0], linewidth=2)
        third.plot([0, 100], [0, 100], color=style.INK, linewidth=0.9, linestyle=":")
        third.set(xlabel="class 0 said to be 1 [%]", ylabel="class 1 said to be 1 [%]")
        third.set_title(f"Every threshold: area {found.auc:.3f}")
        third.set_aspect("equal")
    return figure


SYSTEM = System(
    name="threshold",
    entries=("S3-3",),
    title="Prediction by threshold",
    claim="The net predicts class 1 exactly where p >= 0.5, the tie included; on two noisy moons "
    "that is right on more than 80 in 100 rows, and the area under the curve is scikit-learn's.",
    compute=compute,
    draw=draw,
)
