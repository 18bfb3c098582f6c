"""Vanishing and exploding gradients, layer by layer, for three activations, depths and scales.

Backpropagation multiplies terms w_j g'(z_j), a layer each. With weights of standard deviation
s/√n a layer multiplies the size of delta by about s times the root mean square of g'.

Equations:
    rms δ_{l-1} ≈ rms δ_l · √n rms W_l · rms g'(z_{l-1})

Source: L2, "Unstable gradients".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense
from functional_nn.activations import activations
from manual_backprop import deltas, slopes

CURVES, DEPTHS, SCALES = ("sigmoid", "tanh", "relu"), (6, 30), (0.5, 1.0, 2**0.5, 3.0)
WIDTH, ROWS = 64, 64
Case = tuple[str, int, float]


@dataclass(frozen=True, eq=False)
class Unstable:
    """Sizes of delta.

    Attributes:
        sizes: Root mean square of delta in each hidden layer, the first layer first.
        expected: The same from the products of the terms, beginning at the last layer.
    """

    sizes: Mapping[Case, Float[np.ndarray, " layers"]]
    expected: Mapping[Case, Float[np.ndarray, " layers"]]

    def ratio(self, curve: str, scale: float, depth: int = DEPTHS[-1]) -> float:
        """Return the first layer's delta over the last one's."""
        sizes = self.sizes[curve, depth, scale]
        return float(sizes[0] / sizes[-1])

    @property
    def off(self) -> float:
        """Largest factor a layer by which the products miss the measured ratio."""
        logs = [
            abs(np.log(self.expected[case][0] / sizes[0])) / (len(sizes) - 1)
            for case, sizes in self.sizes.items()
        ]
        return float(np.exp(max(logs)))

    @property
    def holds(self) -> bool:
        """Sigmoid vanishes up to scale √2; tanh and relu vanish, keep and explode by it."""
        small, one, root, large = SCALES
        sigmoid = all(self.ratio("sigmoid", scale) < 1e-8 for scale in (small, one, root))
        kept = 0.01 < self.ratio("relu", root) < 100 and 0.01 < self.ratio("tanh", one) < 100
        vanish = max(self.ratio(curve, small) for curve in ("tanh", "relu")) < 1e-6
        explode = self.ratio("relu", large) > 1e6 and self.ratio("tanh", large) > 10
        return sigmoid and kept and vanish and explode and self.off < 1.3

    @property
    def figures(self) -> Mapping[str, str]:
        """First layer over last, at the greater depth."""
        ratios = {
            f"{curve}, {DEPTHS[-1]} layers: delta of the first / the last": ", ".join(
                f"{self.ratio(curve, scale):.0e} at {scale:.2g}" for scale in SCALES
            )
            for curve in CURVES
        }
        return ratios | {"products of w g'(z): off a layer by": f"{self.off - 1:.0%} at most"}


def compute(budget: Budget, seed: int) -> Unstable:
    """Backpropagate once through every net, in float64: float32 would underflow."""
    sizes, expected = {}, {}
    with jax.enable_x64(True):
        for case in product(CURVES, DEPTHS, SCALES):
            sizes[case], expected[case] = _one(*case, seed)
    return Unstable(sizes, expected)


def _one(
    curve: str, depth: int, scale: float, seed: int
) -> tuple[Float[np.ndarray, " layers"], Float[np.ndarray, " layers"]]:
    mlp = MLP((WIDTH,) * (depth + 1) + (1,), activations=curve, loss="half_squared_error")
    first = mlp.replace(initializer="lecun_normal").init(key(seed, 1), jnp.float64)
    params = tuple(Dense(scale * layer.weight, layer.bias) for layer in first)
    x = jax.random.normal(key(seed, 2), (ROWS, WIDTH), jnp.float64)
    y = jax.random.normal(key(seed, 3), (ROWS, 1), jnp.float64)
    named = deltas(mlp, params, x, y)
    sizes = np.array([_rms(named[f"z{layer}"]) for layer in range(1, depth + 1)])
    terms, u = [], x
    for layer in params[:-1]:
        z = u @ layer.weight + layer.bias[None, :]
        u = activations[curve](z)
        terms.append(_rms(slopes[curve](z)))
    grow = [WIDTH**0.5 * _rms(params[k + 1].weight) * terms[k] for k in range(depth - 1)]
    products = np.append(np.cumprod(grow[::-1])[::-1], 1.0)
    return sizes, sizes[-1] * products


def _rms(values: jax.Array) -> float:
    return float(jnp.sqrt(jnp.mean(values**2)))


def draw(found: Unstable) -> Figure:
    """Return the sizes layer by layer: a column an activation, a row a depth."""
    with style.styled():
        figure = style.canvas(10.2, 7.0)
        figure.suptitle("Vanishing and exploding gradients, layer by layer", weight="bold")
        grid = figure.subplots(len(DEPTHS), len(CURVES), sharey="row", sharex="row")
        for (row, depth), (column, curve) in product(enumerate(DEPTHS), enumerate(CURVES)):
            axes = grid[row, column]
            for position, scale in enumerate(SCALES):
                sizes = found.sizes[curve, depth, scale]
                layers = np.arange(1, depth + 1)
                line = style.series(position, depth)
                axes.plot(layers, sizes / sizes[-1], label=f"{scale:.2g}/√n", **line)
                products = found.expected[curve, depth, scale] / sizes[-1]
                axes.plot(layers, products, color=style.INK, linewidth=0.9, linestyle=":")
            axes.set(yscale="log", title=f"{curve}, {depth} hidden layers")
            axes.set_xlabel("hidden layer, from the input")  # the rows differ in depth
            style.whole_ticks(axes)
        for axes in grid[:, 0]:
            axes.set_ylabel("rms of delta [last layer's]")
        axes = grid[0, -1]
        axes.plot(
            [], [], color=style.INK, linewidth=0.9, linestyle=":", label="products\nof w g'(z)"
        )
        axes.legend(title="sd of weights", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


SYSTEM = System(
    name="unstable",
    entries=("S2-5",),
    title="Vanishing and exploding gradients",
    claim="Through 30 layers a sigmoid's gradient vanishes at every usual scale of the weights; "
    "those of tanh and relu vanish, keep or explode by it, as the products w g'(z) say.",
    compute=compute,
    draw=draw,
)
