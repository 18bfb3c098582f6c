"""One layer with four neurons, several layers, several classes.

Equations:
    z = Wᵀ x + b,   h_j = σ(z_j)                 a layer: four neurons beside each other
    P(i | x) = e^{z_i} / Σ_j e^{z_j}             a multi-class output

Source: L4, "1-Layer Neural Network (with 4 neurons)", "Multi-Class Output MLP".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float, Int
from matplotlib.figure import Figure

from compare.gallery.descent import descend, key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP

CLASSES, ROWS, GRID = 4, 400, 100
NET = MLP((2, 4, CLASSES), activations="sigmoid", initializer="glorot_normal")
DEEP = NET.replace(sizes=(2, 4, 6, CLASSES), activations=("sigmoid", "tanh"))
HATCHES = ("", "..", "//", "xx")
REACH = 1.8  # of the plane that is drawn: all points, and a little more


@dataclass(frozen=True, eq=False)
class Neurons:
    """A layer of four neurons and what the net makes of it.

    Attributes:
        axis: Of the plane, both ways.
        hidden: Output of each neuron over the plane.
        said: Class said at every point of the plane.
        x: Test points.
        y: Their classes.
        right: Share right, by network.
        block: Largest difference of the layer from neurons computed one by one.
        sums: Largest difference of a row's probabilities from 1 in all.
    """

    axis: Float[np.ndarray, " points"]
    hidden: Float[np.ndarray, "4 points points"]
    said: Int[np.ndarray, "points points"]
    x: Float[np.ndarray, "rows 2"]
    y: Int[np.ndarray, " rows"]
    right: Mapping[str, float]
    block: float
    sums: float

    @property
    def holds(self) -> bool:
        """A layer is its neurons, probabilities are such, and the nets classify."""
        return self.block < 1e-6 and self.sums < 1e-6 and min(self.right.values()) > 0.95

    @property
    def figures(self) -> Mapping[str, str]:
        """Accuracies and differences."""
        shares = {f"network {name}": f"{share:.1%} right" for name, share in self.right.items()}
        return shares | {
            "layer - four neurons one by one": f"{self.block:.1e}",
            "sum of probabilities - 1": f"{self.sums:.1e}",
        }


def compute(budget: Budget, seed: int) -> Neurons:
    """Train both nets on four blobs; look at the layer over the plane."""
    (x, y), (test, labels) = _blobs(seed), _blobs(seed + 1_000_003)
    ends, right = {}, {}
    for mlp in (NET, DEEP):
        go = jax.jit(
            lambda p, mlp=mlp: (
                descend(
                    mlp, optax.adam(0.05), p, jnp.asarray(x), jnp.asarray(y), budget.of(600, 400)
                ).params
            )
        )
        name = "-".join(map(str, mlp.sizes))
        ends[name] = go(mlp.init(key(seed, 0)))
        said = np.asarray(mlp.predict(ends[name], jnp.asarray(test)))
        right[name] = float(np.mean(said == labels))
    params = ends["2-4-4"]
    axis = np.linspace(-REACH, REACH, GRID)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2).astype(np.float32)
    first = MLP((2, 4), output="sigmoid", loss="squared_error")
    hidden = np.asarray(first.apply(params[:1], jnp.asarray(plane)), np.float64)
    W, b = (np.asarray(leaf, np.float64) for leaf in params[0])
    alone = [1 / (1 + np.exp(-(plane @ W[:, j] + b[j]))) for j in range(4)]
    outputs = NET.apply(params, jnp.asarray(plane))
    p = np.asarray(jax.nn.softmax(outputs, axis=1), np.float64)
    return Neurons(
        axis, hidden.T.reshape(4, GRID, GRID), p.argmax(axis=1).reshape(GRID, GRID), test, labels,
        right, float(np.abs(hidden - np.stack(alone, axis=1)).max()),
        float(np.abs(p.sum(axis=1) - 1).max()),
    )  # fmt: skip


def _blobs(seed: int) -> tuple[Float[np.ndarray, "rows 2"], Int[np.ndarray, " rows"]]:
    """Return points around the corners of a square, a class a corner."""
    random = np.random.default_rng(seed)
    y = np.arange(ROWS, dtype=np.int32) % CLASSES
    corners = 0.8 * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return (corners[y] + random.normal(0, 0.3, (ROWS, 2))).astype(np.float32), y


def draw(found: Neurons) -> Figure:
    """Return the four neurons over the plane, and the classes."""
    with style.styled():
        figure = style.canvas(10.4, 5.6)
        grid = figure.subplot_mosaic([["0", "1", "all", "all"], ["2", "3", "all", "all"]])
        for neuron, values in enumerate(found.hidden):
            axes = grid[str(neuron)]
            shade = axes.pcolormesh(
                found.axis, found.axis, values, cmap="cividis", vmin=0, vmax=1, shading="gouraud",
                rasterized=True,
            )  # fmt: skip
            axes.contour(found.axis, found.axis, values, [0.5], colors="white", linewidths=1.2)
            axes.set(title=f"Neuron {neuron + 1}", aspect="equal", xlabel="x1", ylabel="x2")
            axes.grid(visible=False)
            axes.label_outer()
        figure.colorbar(
            shade, ax=[grid[n] for n in "0123"], label="output of the neuron", shrink=0.7
        )
        axes = grid["all"]
        fills = [colour for colour, _ in style.SERIES[:CLASSES]]
        levels = np.arange(CLASSES + 1) - 0.5
        axes.contourf(
            found.axis, found.axis, found.said, levels, colors=fills, alpha=0.3, hatches=HATCHES
        )
        for label in range(CLASSES):
            rows = found.x[found.y == label]
            colour, marker = style.SERIES[label]
            dots = axes.scatter(rows[:, 0], rows[:, 1], s=18, marker=marker, c=colour)
            dots.set(edgecolors="#1a1a1a", linewidths=0.5, label=f"class {label + 1}")
        axes.set(
            xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="x1", ylabel="x2", aspect="equal"
        )
        axes.set_title(f"Four classes from them: {found.right['2-4-4']:.1%} right")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4, columnspacing=1)
        axes.grid(visible=False)
    return figure


SYSTEM = System(
    name="neurons",
    entries=("S4-1",),
    title="Four neurons, several layers, several classes",
    claim="A layer is four neurons side by side; a softmax on them, or on a further layer, tells "
    "four classes apart, with probabilities that add up to 1.",
    compute=compute,
    draw=draw,
)
