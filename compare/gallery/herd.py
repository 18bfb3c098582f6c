"""The herd effect: equal initial weights move as one; small random ones specialise.

Units of a layer with equal weights get equal gradients, and stay equal for ever: the net has one
hidden unit, however many there are. Noise of a hundredth breaks the herd, late; small random
weights break it at once.

Source: L2, "Herd effect".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.gallery.descent import descend, key
from compare.gallery.planes import share_right
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense, Params
from functional_nn.datasets import circles

UNITS = 6
NET = MLP(
    (2, UNITS, 1), activations="tanh", loss="binary_cross_entropy", initializer="small_normal"
)
ONE = NET.replace(sizes=(2, 1, 1))
#: Standard deviation of what is added to equal weights of 0.3; the last begins from noise alone.
BEGINNINGS = ("equal", "equal, plus noise of 0.01", "small random")
RATE, FRAMES = 0.02, 60
#: Colour of the hidden units' ways: none of those that the beginnings have.
UNIT = "#7f8b97"


@dataclass(frozen=True, eq=False)
class Herd:
    """How the hidden units move, by beginning.

    Attributes:
        steps: Of the frames.
        weights: Incoming weights of every unit at every frame.
        right: Share of the rows classified right at every frame.
        one_unit: How far the herd's outputs at the end are from those of a single unit that has
            all their outgoing weights, beside the largest output.
    """

    steps: Float[np.ndarray, " frames"]
    weights: Mapping[str, Float[np.ndarray, "frames 2 units"]]
    right: Mapping[str, Float[np.ndarray, " frames"]]
    one_unit: float

    def spread(self, name: str) -> Float[np.ndarray, " frames"]:
        """Return the largest distance of two units' weights, at every frame."""
        w = self.weights[name]
        between = w[:, :, :, None] - w[:, :, None, :]
        return np.sqrt((between**2).sum(axis=1)).max(axis=(1, 2))

    @property
    def holds(self) -> bool:
        """The herd stays, to the last bit, is one unit, does badly; the others part and do well."""
        equal, nearly, random = BEGINNINGS
        herd = self.spread(equal).max() == 0.0 and self.one_unit < 1e-5
        herd = herd and self.right[equal][-1] < 0.8
        part = all(self.spread(name)[-1] > 1.0 for name in (nearly, random))
        return bool(herd and part and min(self.right[nearly][-1], self.right[random][-1]) > 0.95)

    @property
    def figures(self) -> Mapping[str, str]:
        """Spreads and accuracies."""
        return {
            name: f"units apart {self.spread(name)[-1]:.3g} at the end, "
            f"{self.right[name][-1]:.0%} right"
            for name in BEGINNINGS
        } | {"the herd beside one unit": f"outputs differ by {self.one_unit:.0e}"}


def compute(budget: Budget, seed: int) -> Herd:
    """Train from all three beginnings, on all rows."""
    data = circles(400, seed=seed)
    x, y = jnp.asarray(data.x), jnp.asarray(data.y)
    every = budget.of(20, 12)
    small = NET.init(key(seed, 0))  # of standard deviation 0.01
    equal = jax.tree.map(lambda leaf: jnp.full_like(leaf, 0.3), small)
    begun: dict[str, Params] = {
        BEGINNINGS[0]: equal,
        BEGINNINGS[1]: jax.tree.map(jnp.add, equal, small),
        BEGINNINGS[2]: jax.tree.map(lambda leaf: 30 * leaf, small),
    }
    go = jax.jit(
        lambda p: descend(NET, optax.adam(RATE), p, x, y, FRAMES * every, every=every).path
    )
    weights, right = {}, {}
    for name, params in begun.items():
        path = go(params)
        weights[name] = np.asarray(path[0].weight, np.float64)
        margin = np.asarray(jax.vmap(lambda p: NET.apply(p, x))(path), np.float64)[..., 0]
        right[name] = np.array([share_right(each, data.y) for each in margin])
        if name == BEGINNINGS[0]:
            merged = _merged(jax.tree.map(lambda leaf: leaf[-1], path))
            outputs = np.asarray(ONE.apply(merged, x), np.float64)[:, 0]
            one_unit = float(np.abs(outputs - margin[-1]).max() / np.abs(margin[-1]).max())
    return Herd(np.arange(FRAMES + 1) * float(every), weights, right, one_unit)


def _merged(params: Params) -> Params:
    """Return the first unit alone, with the outgoing weights of all."""
    hidden, output = params
    alone = Dense(hidden.weight[:, :1], hidden.bias[:1])
    return alone, Dense(output.weight.sum(axis=0, keepdims=True), output.bias)


def draw(found: Herd) -> Figure:
    """Return the units' ways, how far they part, and what the net makes of it."""
    with style.styled():
        figure = style.canvas(10.4, 7.4)
        figure.suptitle("The herd effect: six hidden units from three beginnings", weight="bold")
        grid = figure.subplots(2, 3)
        reach = 1.25 * max(float(np.abs(w).max()) for w in found.weights.values())
        for axes, name in zip(grid[0], BEGINNINGS, strict=True):
            for unit in range(UNITS):
                first, second = found.weights[name][:, :, unit].T
                axes.plot(first, second, color=UNIT, linewidth=1.2)
                axes.plot(first[0], second[0], ".", color=style.INK, markersize=6)
            _number_ends(axes, found.weights[name][-1], reach)
            axes.set(xlabel="weight from x1", ylabel="weight from x2", aspect="equal")
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), title=name.capitalize())

        for position, name in enumerate(BEGINNINGS):
            line = style.series(position, len(found.steps))
            grid[1, 0].plot(found.steps, found.spread(name), label=name, **line)
            grid[1, 1].plot(found.steps, 100 * found.right[name], label=name, **line)
        grid[1, 0].set(
            yscale="symlog", xlabel="step", ylabel="distance of two units", title="Furthest apart"
        )
        grid[1, 1].set(xlabel="step", ylabel="rows right [%]", title="What the net makes of it")
        grid[1, 2].set_axis_off()
        grid[1, 2].legend(
            *grid[1, 1].get_legend_handles_labels(), loc="upper left", title="weights"
        )
        note = (
            "above: the way of each hidden unit\nin the plane of its weights, from\nthe dot to its "
            "number, 1 to 6"
        )
        grid[1, 2].text(0.0, 0.35, note, transform=grid[1, 2].transAxes, va="top")
    return figure


def _number_ends(axes: Axes, ends: Float[np.ndarray, "2 units"], reach: float) -> None:
    """Write every unit's number where it ends, those of one place together."""
    left = list(range(ends.shape[1]))
    while left:
        near = [k for k in left if np.hypot(*(ends[:, k] - ends[:, left[0]])) < reach / 6]
        left = [k for k in left if k not in near]
        place = ends[:, near].mean(axis=1)
        axes.plot(*ends[:, near], "o", color="white", mec=UNIT, ms=6)
        axes.annotate(
            listed([k + 1 for k in near]), place, xytext=6 * np.sign(place), weight="bold",
            textcoords="offset points", ha="left" if place[0] >= 0 else "right",
            va="bottom" if place[1] >= 0 else "top",
        )  # fmt: skip


def listed(numbers: Sequence[int]) -> str:
    """Return numbers in a row as a range: 1-6, else with commas: 1, 4."""
    first, last = numbers[0], numbers[-1]
    run = len(numbers) > 2 and last - first == len(numbers) - 1
    return f"{first}-{last}" if run else ", ".join(map(str, numbers))


SYSTEM = System(
    name="herd",
    entries=("S2-6",),
    title="The herd effect",
    claim="Hidden units with equal initial weights stay equal to the last bit, so that the net is "
    "one unit and does as badly; noise of a hundredth, or small random weights, make them "
    "specialise.",
    compute=compute,
    draw=draw,
)
