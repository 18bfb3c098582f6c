"""Design choices: depth, width, activation, objective, each a parameter of one description.

From one network on two circles, a single choice is changed at a time, and every variant trains from
several starts.

Source: 10-601B Lecture 15, "Neural Network Architectures".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import descend, starts
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP
from functional_nn.datasets import circles, split

BASE = MLP((2, 8, 2), activations="tanh", loss="softmax_cross_entropy", initializer="glorot_normal")
CHOICES: Mapping[str, Mapping[str, MLP]] = {
    "hidden layers": {
        str(n): BASE.replace(sizes=(2, *(8,) * n, 2), activations="tanh") for n in (0, 1, 3)
    },
    "units of the hidden layer": {str(n): BASE.replace(sizes=(2, n, 2)) for n in (1, 2, 4, 16)},
    "activation": {
        name: BASE.replace(activations=name) for name in ("identity", "sigmoid", "tanh", "relu")
    },
    "objective": {
        short: BASE.replace(loss=name)
        for short, name in (
            ("softmax", "softmax_cross_entropy"),
            ("binary", "binary_cross_entropy"),
            ("squared", "squared_error"),
            ("hinge", "hinge"),
        )
    },
}
LINEAR = (("hidden layers", "0"), ("activation", "identity"))


@dataclass(frozen=True, eq=False)
class Choices:
    """Share of the test rows classified right, by choice, variant and start."""

    right: Mapping[str, Mapping[str, Float[np.ndarray, " starts"]]]

    def median(self, choice: str, variant: str) -> float:
        """Return the median over the starts."""
        return float(np.median(self.right[choice][variant]))

    @property
    def holds(self) -> bool:
        """Linear variants fail, one unit fails, all others of enough units do well."""
        linear = all(self.median(*case) < 0.75 for case in LINEAR)
        narrow = self.median("units of the hidden layer", "1") < 0.9
        others = [
            self.median(choice, variant)
            for choice, variants in self.right.items()
            for variant in variants
            if (choice, variant) not in LINEAR
            and not (choice.startswith("units") and variant < "3")
        ]
        return linear and narrow and min(others) > 0.95

    @property
    def figures(self) -> Mapping[str, str]:
        """The medians."""
        return {
            choice: ", ".join(
                f"{variant} {self.median(choice, variant):.0%}" for variant in variants
            )
            for choice, variants in self.right.items()
        }


def compute(budget: Budget, seed: int) -> Choices:
    """Train every variant from every start."""
    data = split(circles(500, seed=seed), (0.6, 0.0, 0.4), seed)
    x, y = jnp.asarray(data.train.x), jnp.asarray(data.train.y)
    test, labels = jnp.asarray(data.test.x), data.test.y
    steps, count = budget.of(400, 300), budget.of(5, 3)

    def right(mlp: MLP) -> Float[np.ndarray, " starts"]:
        go = jax.vmap(lambda p: descend(mlp, optax.adam(0.03), p, x, y, steps).params)
        ends = jax.jit(go)(starts(mlp, seed, count))
        outputs = jax.vmap(lambda p: mlp.apply(p, test))(ends)
        return np.mean(np.asarray(outputs).argmax(axis=-1) == labels, axis=1)

    once = {
        mlp: right(mlp) for variants in CHOICES.values() for mlp in dict.fromkeys(variants.values())
    }
    return Choices(
        {c: {v: once[mlp] for v, mlp in variants.items()} for c, variants in CHOICES.items()}
    )


def draw(found: Choices) -> Figure:
    """Return a panel a choice, a mark a start."""
    with style.styled():
        figure = style.canvas(10.0, 6.4)
        for axes, (choice, variants) in zip(
            figure.subplots(2, 2, sharey=True).flat, found.right.items(), strict=True
        ):
            for place, shares in enumerate(variants.values()):
                beside = place + np.linspace(-0.16, 0.16, len(shares))
                axes.plot(beside, 100 * shares, "o", color="#2b83ba", ms=5, mec="white", mew=0.5)
                middle = 100 * float(np.median(shares))
                axes.plot(
                    [place - 0.28, place + 0.28], [middle] * 2, color=style.INK, linewidth=2.2
                )
            axes.set_xticks(range(len(variants)), list(variants))
            axes.set(xlabel=choice, ylim=(40, 102))
            axes.set_title(f"{choice.capitalize()} changed")
        for axes in figure.axes[::2]:
            axes.set_ylabel("test rows right [%]")
        figure.suptitle(
            "Two circles, network 2-8-2: a mark a start, a line the median", weight="bold"
        )
    return figure


SYSTEM = System(
    name="choices",
    entries=("S1-3",),
    title="Design choices",
    claim="Depth, width, activation and objective are parameters: on two circles no linear variant "
    "and no single unit does well, and every variant with four units or more and a curve does.",
    compute=compute,
    draw=draw,
)
