"""Sigmoid against tanh in deep nets, on handwritten digits.

A sigmoid's outputs are all positive and its slope is 1/4 at most, so that each layer shrinks what
comes back; the top layers then learn from features that the bottom ones never form.

Source: 10-601B Lecture 15, "sigmoid vs. tanh"; Glorot and Bengio, AISTATS 2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import train
from functional_nn import MLP
from functional_nn.datasets import load

WIDTH, RATE = 32, 0.1
DEPTHS = (1, 3, 6)  # hidden layers
CURVES = ("sigmoid", "tanh")
Case = tuple[str, int]


@dataclass(frozen=True, eq=False)
class DeepActivations:
    """Runs by activation and number of hidden layers.

    Attributes:
        accuracy: On the validation part, by epoch.
        test: On the test part, at the end.
        ratio: Gradient norm of the first layer over that of the last, after the first epoch.
    """

    accuracy: Mapping[Case, Float[np.ndarray, " epochs"]]
    test: Mapping[Case, float]
    ratio: Mapping[Case, float]

    @property
    def holds(self) -> bool:
        """Shallow, both learn; at the deepest only tanh does, and sigmoid's gradient is gone."""
        deep, shallow = DEPTHS[-1], DEPTHS[0]
        both = min(self.test[curve, shallow] for curve in CURVES) > 0.85
        apart = self.test["tanh", deep] > 0.85 and self.test["sigmoid", deep] < 0.5
        return both and apart and self.ratio["sigmoid", deep] < self.ratio["tanh", deep] / 100

    @property
    def figures(self) -> Mapping[str, str]:
        """Accuracies and gradients."""
        tests = {
            f"{curve}: test accuracy by hidden layers": ", ".join(
                f"{depth}: {self.test[curve, depth]:.0%}"
                for depth in sorted({d for _, d in self.test})
            )
            for curve in CURVES
        }
        return tests | {
            f"{curve}, {DEPTHS[-1]} hidden layers: first gradient / last": (
                f"{self.ratio[curve, DEPTHS[-1]]:.1e}"
            )
            for curve in CURVES
        }


def compute(budget: Budget, seed: int) -> DeepActivations:
    """Train every depth with both, by the same plain SGD with momentum."""
    data = load("digits", seed=seed)
    accuracy, test, ratio = {}, {}, {}
    depths = DEPTHS if budget.share > 0.5 else DEPTHS[::2]
    for case in [(curve, depth) for curve in CURVES for depth in depths]:
        curve, depth = case
        mlp = MLP((64, *(WIDTH,) * depth, 10), activations=curve, initializer="glorot_uniform")
        run = train(mlp, optax.sgd(RATE, momentum=0.5), data, epochs=budget.of(30, 12), seed=seed)
        accuracy[case], test[case] = run.history.validation_accuracy, run.test_accuracy
        norms = run.history.gradient_norm[0]
        ratio[case] = float(norms[0] / norms[-1])
    return DeepActivations(accuracy, test, ratio)


def draw(found: DeepActivations) -> Figure:
    """Return how the deepest nets learn, and what every depth ends at."""
    with style.styled():
        figure = style.canvas(9.4, 3.9)
        left, right = figure.subplots(1, 2, sharey=True)
        depths = sorted({depth for _, depth in found.test})
        for position, curve in enumerate(CURVES):
            for depth, dashes in ((depths[0], ":"), (depths[-1], "-")):
                shares = 100 * found.accuracy[curve, depth]
                line = {**style.series(position, len(shares)), "linestyle": dashes}
                epochs = np.arange(1, len(shares) + 1)
                left.plot(epochs, shares, label=f"{curve}, {depth} hidden", **line)
            ends = [100 * found.test[curve, depth] for depth in depths]
            right.plot(depths, ends, label=curve, **style.series(position, len(depths)))
        left.set(xlabel="epoch", ylabel="accuracy [%]", title="Validation part, by epoch")
        right.set(xlabel="hidden layers", title="Test part, at the end", xticks=depths)
        style.whole_ticks(left)
        left.legend()
        right.legend()
    return figure


SYSTEM = System(
    name="deep-activations",
    entries=("S1-9",),
    title="Sigmoid against tanh in deep nets",
    claim="With one hidden layer sigmoid and tanh both learn the digits; with six, trained alike, "
    "tanh still does, and sigmoid does not: its first layer's gradient is gone.",
    compute=compute,
    draw=draw,
)
