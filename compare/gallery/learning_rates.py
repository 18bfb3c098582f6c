"""Learning rates from too small to oscillating, with SGD, momentum, RMSProp and Adam.

RMSProp divides the gradient by its recent size, so that near a minimum its steps stay as long as
the rate and jump from side to side; that it turns back is no sign yet of a rate too large.

All rates of an optimizer start from the same weights and go down side by side on all rows of two
moons, so that whatever oscillates does so by its learning rate and not by the noise of batches.

Source: L2, "Training challenges: Learning rate".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.ndimage import median_filter

from compare.gallery.descent import descend, key
from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import optimizers
from functional_nn import MLP
from functional_nn.datasets import moons

#: Name in ``compare.training.optimizers``, and how it is written.
OPTIMIZERS = MappingProxyType(
    {"sgd": "SGD", "momentum": "momentum", "rmsprop": "RMSProp", "adam": "Adam"}
)
RATES = 10.0 ** np.arange(-4, 2.01, 0.5)
NET = MLP((2, 12, 1), activations="tanh", loss="binary_cross_entropy", initializer="glorot_normal")
MANY = 300  # steps
#: The mark of the best rate, around its point.
BEST: Mapping[str, Any] = MappingProxyType(
    {"marker": "o", "markersize": 11, "color": "none", "markeredgecolor": style.INK}
)
#: Of the rates in one picture, rising: darker and darker, on white and on a dark page, and each in
#: dashes of its own, to be told apart in grey.
SHADES = ("#7fbfe6", "#e08a2e", "#4bab60", "#8e4fb5", "#9c2f24")
DASHES = ("-", (0, (5, 1.5)), "-", (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


@dataclass(frozen=True, eq=False)
class LearningRates:
    """All runs.

    Attributes:
        losses: By optimizer, a row a learning rate; inf once it is not finite.
        turning: By optimizer and rate, the share of steps that go back on the one before, by more
            than a right angle.
    """

    losses: Mapping[str, Float[np.ndarray, "rates steps"]]
    turning: Mapping[str, Float[np.ndarray, " rates"]]

    def end(self, name: str) -> Float[np.ndarray, " rates"]:
        """Return the mean loss of the last tenth of the steps, by rate."""
        tail = max(1, self.losses[name].shape[1] // 10)
        return self.losses[name][:, -tail:].mean(axis=1)

    def best(self, name: str) -> int:
        """Return the position of the rate that ends lowest."""
        return int(self.end(name).argmin())

    def turns(self, name: str) -> float:
        """Return the share of steps that turn back at the best rate."""
        return float(self.turning[name][self.best(name)])

    @property
    def holds(self) -> bool:
        """The best rate is between, below it is slow, at the top it swings."""
        steady = max(self.turns(name) for name in ("momentum", "adam"))
        return self.turns("rmsprop") > 0.5 > 0.05 > steady and all(
            0 < self.best(name) < len(RATES) - 1
            and self.end(name)[0] > 2 * self.end(name).min()
            and self.end(name)[-1] > 2 * self.end(name).min()
            and self.turning[name][-1] > 0.05 > 0.02 > self.turning[name][0]
            for name in self.losses
        )

    @property
    def figures(self) -> Mapping[str, str]:
        """The best rates, and how much the largest swing."""
        best = {
            f"{title}: best rate": (
                f"{shown_rate(RATES[self.best(name)])}, loss {self.end(name).min():.3f}"
            )
            for name, title in OPTIMIZERS.items()
        }
        swing = {
            f"{title}: steps that turn back": (
                f"{self.turning[name][0]:.0%} at {RATES[0]:g}, {self.turns(name):.0%} at the best, "
                f"{self.turning[name][-1]:.0%} at {RATES[-1]:g}"
            )
            for name, title in OPTIMIZERS.items()
        }
        return best | swing


def compute(budget: Budget, seed: int) -> LearningRates:
    """Run every optimizer with every rate."""
    data = moons(300, noise=0.1, seed=seed)
    x, y = jnp.asarray(data.x), jnp.asarray(data.y)
    begin, steps = NET.init(key(seed, 0)), budget.of(MANY, 200)
    losses, turning = {}, {}
    for name in OPTIMIZERS:

        def run(rate: Array, make: object = optimizers[name].make) -> tuple[Array, Array]:
            gone = descend(NET, make(rate), begin, x, y, steps, every=1)  # type: ignore[operator]
            flat = jnp.concatenate(
                [leaf.reshape(steps + 1, -1) for leaf in jax.tree.leaves(gone.path)], 1
            )
            return gone.losses, flat

        found, path = jax.jit(jax.vmap(run))(jnp.asarray(RATES, jnp.float32))
        losses[name] = np.nan_to_num(np.asarray(found, np.float64), nan=np.inf)
        turning[name] = _turning(np.asarray(path, np.float64))
    return LearningRates(losses, turning)


def shown_rate(rate: float) -> str:
    """Return a learning rate as one writes it: 0.03, 10."""
    return f"{float(f'{rate:.1g}'):g}"


def _turning(path: Float[np.ndarray, "rates points n"]) -> Float[np.ndarray, " rates"]:
    """Return the share of moves that are more than a right angle from the move before."""
    moves = np.diff(path, axis=1)
    along = np.sum(moves[:, 1:] * moves[:, :-1], axis=2)
    return np.mean(along < 0, axis=1)


def draw(found: LearningRates) -> Figure:
    """Return the curves of each optimizer, and where every rate ends."""
    with style.styled():
        figure = style.canvas(10.4, 9.4)
        figure.suptitle(
            "Learning rates, from too small to oscillating\n"
            "(thin: every step; broad: the median of fifteen)", weight="bold",
        )  # fmt: skip
        grid = figure.subplot_mosaic([["sgd", "momentum"], ["rmsprop", "adam"], ["end", "turning"]])
        for name, title in OPTIMIZERS.items():
            _draw_curves(grid[name], found, name, title)
        for position, (name, title) in enumerate(OPTIMIZERS.items()):
            line = style.series(position, len(RATES)) | {
                "linestyle": DASHES[(0, 1, 4, 3)[position]]
            }
            ends, turning = np.minimum(found.end(name), 10), 100 * found.turning[name]
            for axes, heights in ((grid["end"], ends), (grid["turning"], turning)):
                axes.plot(RATES, heights, label=title, **line)
                axes.plot(RATES[found.best(name)], heights[found.best(name)], **BEST)
        grid["turning"].plot([], [], label="best rate", **BEST)
        grid["end"].set(xscale="log", yscale="log", xlabel="learning rate", ylabel="loss [nats]")
        grid["end"].set_title("Loss at the end (10 and more drawn as 10)")
        grid["turning"].set(xscale="log", xlabel="learning rate", ylabel="steps that turn back [%]")
        grid["turning"].set_title("Oscillation of the weights")
        grid["turning"].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _draw_curves(axes: Axes, found: LearningRates, name: str, title: str) -> None:
    """Draw the smallest rate, one on the way to the best, the best, and two that swing.

    Thin: every step; broad: the median of fifteen, by which swinging ones can be told apart.
    """
    best = found.best(name)
    shown = sorted({0, best // 2, best, (best + len(RATES)) // 2, len(RATES) - 1})
    for position, rate in enumerate(shown):
        losses = np.clip(found.losses[name][rate], 1e-4, 10)
        steps, middle = np.arange(1, len(losses) + 1), median_filter(losses, 15, mode="nearest")
        line = style.series(position, len(losses)) | {"color": SHADES[position]}
        axes.plot(steps, losses, color=SHADES[position], linewidth=0.7, alpha=0.45)
        label = shown_rate(RATES[rate])
        axes.plot(steps, middle, label=label, linestyle=DASHES[position], linewidth=1.7, **line)
    axes.set(yscale="log", xlabel="step", ylabel="loss [nats]", ylim=(2e-3, 14))
    axes.set_title(f"{title}, best {shown_rate(RATES[best])}")
    axes.legend(title="rate", loc="upper left", bbox_to_anchor=(1.0, 1.0))


SYSTEM = System(
    name="learning-rates",
    entries=("S2-3",),
    title="Learning rates with four optimizers",
    claim="With SGD, momentum, RMSProp and Adam a small rate is slow and does not turn back, the "
    "largest turns back and forth and ends higher, and the best is in between. There "
    "momentum and Adam hardly turn back, and RMSProp, whose steps do not shrink with the gradient, "
    "does at most steps.",
    compute=compute,
    draw=draw,
)
