"""The cost over two weights, one in each layer of a two-layer net: cross-entropy and quadratic.

The net is u_1 = tanh(w_1 x), p = sigmoid(w_2 u_1); the costs are -t ln p - (1 - t) ln(1 - p) and
1/2 (p - t)². Where p is wrong and sure, the second hardly slopes: p (1 - p) is a factor of its
gradient and cancels from the first's.

Source: 10-601B Lecture 15, Figure 5; after Glorot and Bengio, AISTATS 2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense
from manual_backprop import value_and_grad

COSTS = {
    "cross-entropy": MLP((1, 1, 1), activations="tanh", loss="binary_cross_entropy"),
    "quadratic": MLP((1, 1, 1), activations="tanh", output="sigmoid", loss="half_squared_error"),
}
ROWS, REACH = 60, 6.0
#: Of the steepest slope on the surface; what is less is a plateau.
FLAT = 0.05


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Both costs on a grid.

    Attributes:
        weights: Of either layer, along its axis.
        cost: By name; w_1 goes down the rows.
        slope: Norm of (∂J/∂w_1, ∂J/∂w_2), by hand.
    """

    weights: Float[np.ndarray, " points"]
    cost: Mapping[str, Float[np.ndarray, "points points"]]
    slope: Mapping[str, Float[np.ndarray, "points points"]]

    @property
    def plateau(self) -> Mapping[str, float]:
        """Share of the square that is flat, beside the surface's steepest place."""
        return {name: float(np.mean(s < FLAT * s.max())) for name, s in self.slope.items()}

    @property
    def sure_and_wrong(self) -> Mapping[str, float]:
        """Slope where the net is surest of the wrong answer: at the highest cross-entropy."""
        worst = np.unravel_index(self.cost["cross-entropy"].argmax(), self.cost["quadratic"].shape)
        return {name: float(s[worst] / s.max()) for name, s in self.slope.items()}

    @property
    def holds(self) -> bool:
        """The quadratic has the larger plateaus, and lies flat where it is most wrong."""
        flat, wrong = self.plateau, self.sure_and_wrong
        larger = flat["quadratic"] > 1.2 * flat["cross-entropy"]
        return larger and 10 * wrong["quadratic"] < wrong["cross-entropy"]

    @property
    def figures(self) -> Mapping[str, str]:
        """Plateaus and slopes."""
        flat = {
            f"plateau, {name}": f"{share:.0%} of the square" for name, share in self.plateau.items()
        }
        wrong = {
            f"slope where most wrong, {name}": f"{share:.1%} of the steepest"
            for name, share in self.sure_and_wrong.items()
        }
        return flat | wrong


def compute(budget: Budget, seed: int) -> Surfaces:
    """Ask for cost and gradient at every point of the square."""
    at, label = jax.random.split(key(seed, 1))
    x = jax.random.uniform(at, (ROWS, 1), minval=-2.0, maxval=2.0)
    p = jax.nn.sigmoid(4 * jnp.tanh(3 * x))
    t = jax.random.bernoulli(label, p).astype(jnp.float32)
    w = jnp.linspace(-REACH, REACH, budget.of(81, 31))
    cost, slope = {}, {}
    for name, mlp in COSTS.items():
        found = _over_square(mlp, w, x, t)
        cost[name], slope[name] = (np.asarray(each, np.float64) for each in found)
    return Surfaces(np.asarray(w, np.float64), cost, slope)


def _over_square(mlp: MLP, w: Array, x: Array, t: Array) -> tuple[Array, Array]:
    none = jnp.zeros(1)

    def at(w1: Array, w2: Array) -> tuple[Array, Array]:
        params = (Dense(w1.reshape(1, 1), none), Dense(w2.reshape(1, 1), none))
        cost, (first, second) = value_and_grad(mlp)(params, x, t)
        return cost, jnp.hypot(first.weight[0, 0], second.weight[0, 0])

    return jax.jit(jax.vmap(jax.vmap(at, (None, 0)), (0, None)))(w, w)


def draw(found: Surfaces) -> Figure:
    """Return both surfaces in space, and where they are flat."""
    with style.styled():
        figure = style.canvas(9.4, 8.4)
        figure.suptitle("The cost over two weights, one in each layer", weight="bold")
        first, second = np.meshgrid(found.weights, found.weights, indexing="ij")
        for column, (name, cost) in enumerate(found.cost.items()):
            space = figure.add_subplot(2, 2, 1 + column, projection="3d")
            space.plot_surface(
                first, second, cost, cmap="cividis", rstride=1, cstride=1, linewidth=0,
                antialiased=False, rasterized=True,
            )  # fmt: skip
            unit = "nats a row" if name == "cross-entropy" else "squared probability"
            space.set(xlabel="w1, first layer", ylabel="w2, output layer")
            space.set_zlabel(f"cost [{unit}]", labelpad=4)
            space.set_title(f"{name.capitalize()} cost", y=1.04)
            space.view_init(elev=28, azim=-125)
            space.set_box_aspect(None, zoom=1.0)
            flat = figure.add_subplot(2, 2, 3 + column)
            share = found.slope[name] / found.slope[name].max()
            shade = flat.pcolormesh(
                found.weights, found.weights, share.T, cmap="cividis", vmin=0, vmax=1,
                shading="gouraud", rasterized=True,
            )  # fmt: skip
            edge = flat.contour(found.weights, found.weights, share.T, [FLAT], colors="white")
            flat.clabel(edge, fmt={FLAT: f"{FLAT:.0%}"}, fontsize=8)
            flat.set(xlabel="w1, first layer", ylabel="w2, output layer", aspect="equal")
            flat.grid(visible=False)
            flat.set_title(f"Slope; {found.plateau[name]:.0%} is below {FLAT:.0%}")
            bar = figure.colorbar(shade, ax=flat, label="share of the steepest")
            bar.outline.set_visible(False)
    return figure


SYSTEM = System(
    name="surfaces",
    entries=("S1-7",),
    title="Cross-entropy and quadratic cost surfaces",
    claim="Over two weights, one a layer, the quadratic cost has larger plateaus than "
    "cross-entropy, and hardly slopes where the net is surest of the wrong answer.",
    compute=compute,
    draw=draw,
)
