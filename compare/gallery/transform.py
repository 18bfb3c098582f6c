"""A feature transform: what a linear model cannot tell apart, it can after squaring."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import optax
from matplotlib.figure import Figure

from compare.gallery.descent import descend, key
from compare.gallery.lifts import lift
from compare.gallery.planes import RAW, margins, seen, share_right
from compare.gallery.system import Budget, System
from compare.pictures import Plane, style
from compare.pictures.decision import paint, shade_key
from functional_nn import MLP
from functional_nn.datasets import load

#: Data set, and the features that make it linear.
CASES = (("circles", (*RAW, "x1^2", "x2^2")), ("xor", (*RAW, "x1*x2")))
#: Shares of the test rows that count as "cannot" and as "can".
CANNOT, CAN = 0.75, 0.95


@dataclass(frozen=True, eq=False)
class Transformed:
    """A linear model on each data set, raw and transformed.

    Attributes:
        planes: By data set and features.
        right: Share of the test rows that is classified right, likewise.
    """

    planes: Mapping[tuple[str, tuple[str, ...]], Plane]
    right: Mapping[tuple[str, tuple[str, ...]], float]

    @property
    def holds(self) -> bool:
        """Every raw one fails, every transformed one does not."""
        return all(
            share <= CANNOT if names == RAW else share >= CAN
            for (_, names), share in self.right.items()
        )

    @property
    def figures(self) -> Mapping[str, str]:
        """The shares."""
        return {
            f"{data} on {', '.join(names)}": f"{share:.1%} right"
            for (data, names), share in self.right.items()
        }


def compute(budget: Budget, seed: int) -> Transformed:
    """Fit logistic regression to raw and to transformed points."""
    planes: dict[tuple[str, tuple[str, ...]], Plane] = {}
    right: dict[tuple[str, tuple[str, ...]], float] = {}
    for name, made in CASES:
        data = load(name, seed=seed)
        for names in (RAW, made):
            mlp = MLP((len(names), 1), loss="binary_cross_entropy")
            x, y = jnp.asarray(lift(data.train.x, names)), jnp.asarray(data.train.y)
            begin = mlp.init(key(seed, 0))
            end = descend(mlp, optax.adam(0.1), begin, x, y, budget.of(500, 200)).params
            planes[name, names] = seen(mlp, end, data.test, names)
            said = margins(mlp, end, lift(data.test.x, names))
            right[name, names] = share_right(said, data.test.y)
    return Transformed(planes, right)


def draw(found: Transformed) -> Figure:
    """Return the planes, a data set a row."""
    with style.styled():
        figure = style.canvas(8.2, 8.2)
        grid = figure.subplots(2, 2)
        for axes, (case, plane) in zip(grid.flat, found.planes.items(), strict=True):
            shading = paint(axes, plane, dot=14)
            name, features = case
            axes.set_title(f"{name}: {', '.join(features)}\n{found.right[case]:.0%} right")
        handles, names = grid[0, 1].get_legend_handles_labels()
        classes = [f"class {name}" for name in names]
        figure.legend(handles, classes, loc="outside lower center", ncols=2)
        shade_key(shading, list(grid.flat), "model says: probability of class 1")
        figure.suptitle("A linear model, before and after a feature transform", weight="bold")
    return figure


SYSTEM = System(
    name="transform",
    entries=("S0-1",),
    title="Feature transform",
    claim="A linear model classifies no more than three quarters of circles and of xor right, "
    "and nearly all of them once squares or the product of the coordinates are features too.",
    compute=compute,
    draw=draw,
)
