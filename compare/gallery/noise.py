"""A local minimum, and how noise helps out of it: single samples, noise on data, on weights.

One sigmoid unit with a bias fits ten rows under half squared error; ``compare.gallery.valleys``
has its cost and the ways down.

Source: L2, "Training challenges: Local minima".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.gallery.valleys import WAYS, cost_of, run
from compare.pictures import style

#: From where to where weight and bias are drawn.
ACROSS, UP = (-1.0, 4.5), (-1.8, 1.2)


@dataclass(frozen=True, eq=False)
class Noise:
    """Where runs settle.

    Attributes:
        across: Weights of the grid's columns.
        up: Biases of its rows.
        cost: On the grid.
        path: Weight and bias of one run each, from a start in the wrong valley.
        found: By way: the share of runs from the wrong valley that settle in the better one.
        floors: Least cost of the two valleys, the wrong one first.
    """

    across: Float[np.ndarray, " columns"]
    up: Float[np.ndarray, " lines"]
    cost: Float[np.ndarray, "lines columns"]
    path: Mapping[str, Float[np.ndarray, "steps 2"]]
    found: Mapping[str, float]
    floors: tuple[float, float]

    @property
    def holds(self) -> bool:
        """Without noise none gets out; with any kind of it at least half do."""
        trapped = self.found["all rows"] == 0.0 and self.floors[1] < self.floors[0]
        return trapped and all(self.found[way] >= 0.5 for way in WAYS if way != "all rows")

    @property
    def figures(self) -> Mapping[str, str]:
        """The shares."""
        wrong, better = self.floors
        floors = {"cost of the two valleys": f"{wrong:.4f} and {better:.4f}"}
        return floors | {way: f"{share:.0%} get out" for way, share in self.found.items()}


def compute(budget: Budget, seed: int) -> Noise:
    """Start many runs in the wrong valley, w < 0, every way."""
    across, up = np.linspace(*ACROSS, 136), np.linspace(*UP, 97)
    cost = cost_of(across, up)
    runs, steps = budget.of(200, 60), budget.of(2000, 1200)
    keys = jax.random.split(key(seed, 1), runs)
    at = jax.random.uniform(key(seed, 2), (runs, 2), minval=-0.4, maxval=0.4)
    begin = at.at[:, 0].set(-0.05 - jnp.abs(at[:, 0]))
    path, found = {}, {}
    for name, way in WAYS.items():
        go = jax.jit(jax.vmap(partial(run, way, steps=steps)))
        paths = np.asarray(go(begin, keys))
        out = paths[:, -1, 0] > 0
        found[name] = float(out.mean())
        path[name] = paths[int(out.argmax())]
    floors = (float(cost[:, across < 0].min()), float(cost[:, across > 0].min()))
    return Noise(across, up, cost, path, found, floors)


def draw(found: Noise) -> Figure:
    """Return the cost with a path of each kind, and the shares."""
    with style.styled():
        figure = style.canvas(10.2, 6.6)
        grid = figure.subplot_mosaic(
            [["all rows", "one row at a time", "shares"],
             ["noise on the data", "noise on the weights", "shares"]],
            width_ratios=[1, 1, 0.9],
        )  # fmt: skip
        figure.suptitle("A local minimum, and noise that helps out of it", weight="bold")
        for name in WAYS:
            cost = _draw_path(grid[name], found, name)
        key = figure.colorbar(cost, ax=[grid[name] for name in WAYS], aspect=40, format="{x:.4f}")
        key.set_label("cost of one sigmoid unit: half squared error, mean of the rows")
        axes = grid["shares"]
        places = range(len(found.found))
        axes.barh(places, [100 * s for s in found.found.values()], color="#5aa9dc", height=0.6)
        for place, share in enumerate(found.found.values()):
            axes.text(100 * share + 1.5, place, f"{share:.0%}", va="center")
        axes.set_yticks(places, [name.replace(" ", "\n", 1) for name in found.found])
        axes.set(xlabel="runs that get out [%]", xlim=(0, 118), title="Out of the wrong valley")
        axes.invert_yaxis()
    return figure


def _draw_path(axes: Axes, found: Noise, name: str) -> QuadContourSet:
    """Draw the cost, darker where lower, and a path; return the shading."""
    levels = np.quantile(found.cost, np.linspace(0, 1, 25))
    cost = axes.contourf(found.across, found.up, found.cost, levels, cmap="cividis")
    path = _in_the_picture(found.path[name])
    axes.plot(*path.T, color="white", linewidth=0.8)
    axes.plot(*path[0], "o", color="white", mec="black", ms=7, label="start")
    axes.plot(
        *path[-1], "s", color="#f0803c", mec="black", ms=8, label="end, or out of the picture"
    )
    axes.set(xlim=ACROSS, ylim=UP, xlabel="weight w", ylabel="bias b")
    axes.set_title(name.capitalize())
    axes.grid(visible=False)
    if name == "all rows":  # the same marks in all four; here the path leaves room
        axes.legend(loc="upper right", labelcolor="white", handlelength=1, borderaxespad=0.2)
    return cost


def _in_the_picture(path: Float[np.ndarray, "steps 2"]) -> Float[np.ndarray, "some 2"]:
    """Return a path up to where it first leaves the picture."""
    (left, right), (bottom, top) = ACROSS, UP
    w, b = path.T
    outside = (w < left) | (w > right) | (b < bottom) | (b > top)
    return path[: np.argmax(outside)] if outside.any() else path


SYSTEM = System(
    name="noise",
    entries=("S2-4",),
    title="Local minima and noise",
    claim="Gradient descent on all rows never leaves the wrong valley of one sigmoid unit's cost; "
    "with one row at a time, or noise on the data or the weights, at least half of the runs do.",
    compute=compute,
    draw=draw,
)
