"""A net of linear units equals a single layer of weights.

Equations:
    W = W_1 W_2 ... W_L,   b = ((b_1 W_2 + b_2) W_3 + ...) + b_L,   u_L = x W + b

Source: L2, "Networks of linear units".
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense, Params

#: Activation, and how its nets are drawn.
CURVES = ("identity", "tanh", "relu")
SIZES, ROWS = (5, 9, 8, 7, 11, 6, 10, 9, 7, 8, 3), 200
EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class LinearNet:
    """How far nets are from a single layer.

    Attributes:
        depths: Layers of weights.
        collapsed: Largest difference of the linear net and its product, of the largest output.
        fitted: By activation, what the best single layer leaves of the outputs' variance.
        outputs: Of the deepest linear net, and of its product.
    """

    depths: tuple[int, ...]
    collapsed: Float[np.ndarray, " depths"]
    fitted: Mapping[str, Float[np.ndarray, " depths"]]
    outputs: Float[np.ndarray, "2 numbers"]

    @property
    def holds(self) -> bool:
        """The product is the net, to rounding; no single layer is a net with a curve."""
        curved = [self.fitted[curve][1:].min() for curve in CURVES[1:]]
        return bool(self.collapsed.max() <= EQUAL and min(curved) > 1e-4)

    @property
    def figures(self) -> Mapping[str, str]:
        """The differences."""
        deepest = self.depths[-1]
        left = {
            f"{curve}, {deepest} layers: left by the best single layer": f"{rest[-1]:.1e}"
            for curve, rest in self.fitted.items()
        }
        return {"linear net - its product, largest": f"{self.collapsed.max():.1e}"} | left


def collapse(params: Params) -> Dense:
    """Return the single layer that a net of linear units equals."""
    weight, bias = (np.asarray(leaf) for leaf in params[0])
    for layer in params[1:]:
        W = np.asarray(layer.weight)
        weight, bias = weight @ W, bias @ W + np.asarray(layer.bias)
    return Dense(jnp.asarray(weight), jnp.asarray(bias))


def compute(budget: Budget, seed: int) -> LinearNet:
    """Collapse nets of every depth in float64; fit a single layer to nets with curves."""
    depths = (1, 2, 3, 5, len(SIZES) - 1)
    collapsed: list[float] = []
    fitted: dict[str, list[float]] = {curve: [] for curve in CURVES}
    with jax.enable_x64(True):
        x = jax.random.normal(key(seed, 1), (ROWS, SIZES[0]), jnp.float64)
        for depth in depths:
            for curve in CURVES:
                mlp = MLP((*SIZES[:depth], SIZES[-1]), activations=curve, loss="squared_error")
                params = _drawn(mlp.sizes, np.random.default_rng(seed))
                u = np.asarray(jax.jit(mlp.apply)(params, x))
                fitted[curve].append(_left_by_one_layer(np.asarray(x), u))
                if curve == "identity":
                    layer = collapse(params)
                    v = np.asarray(x) @ np.asarray(layer.weight) + np.asarray(layer.bias)
                    collapsed.append(np.abs(u - v).max() / np.abs(u).max())
                    both = np.stack([u.ravel(), v.ravel()])
    rests = {curve: np.array(rest) for curve, rest in fitted.items()}
    return LinearNet(depths, np.array(collapsed), MappingProxyType(rests), both)


def _drawn(sizes: Sequence[int], random: np.random.Generator) -> Params:
    """Return weights of standard deviation 1/√n_in, and biases that are not 0."""
    return tuple(
        Dense(
            jnp.asarray(random.normal(0, n_in**-0.5, (n_in, n_out))),
            jnp.asarray(random.normal(0, 1, n_out)),
        )
        for n_in, n_out in itertools.pairwise(sizes)
    )


def _left_by_one_layer(
    x: Float[np.ndarray, "rows n_in"], u: Float[np.ndarray, "rows n_out"]
) -> float:
    """Return the share of the outputs' variance that the best x W + b leaves."""
    rows = np.column_stack([x, np.ones(len(x))])
    fitted = rows @ np.linalg.lstsq(rows, u, rcond=None)[0]
    return float(np.sum((u - fitted) ** 2) / np.sum((u - u.mean(0)) ** 2))


def draw(found: LinearNet) -> Figure:
    """Return net against product, and what a single layer leaves at every depth."""
    with style.styled():
        figure = style.canvas(9.6, 4.0)
        left, right = figure.subplots(1, 2)
        net, product = found.outputs
        ends = [net.min(), net.max()]
        left.plot(ends, ends, color=style.INK, linewidth=0.9, label="equal")
        left.plot(net, product, ".", color=style.SERIES[0][0], ms=4, label="outputs")
        left.set(xlabel=f"net of {found.depths[-1]} linear layers", ylabel="one layer, W1 W2 ... b")
        left.set_title("A linear net and its product")
        left.legend()
        for position, (curve, rest) in enumerate(found.fitted.items()):
            line = style.series(position, len(rest))
            right.plot(found.depths, np.maximum(rest, 1e-33), label=f"{curve}: variance", **line)
        line = {**style.series(3, len(found.depths)), "linestyle": "--"}
        floor = np.maximum(found.collapsed, 1e-17)
        right.plot(found.depths, floor, label="product: largest difference", **line)
        right.axhline(EQUAL, color=style.INK, linestyle=":", label="allowed for the product")
        right.set(yscale="log", xlabel="layers of weights", ylabel="share left over")
        right.set_title("What a single layer leaves")
        right.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


SYSTEM = System(
    name="linear-net",
    entries=("S2-7",),
    title="A net of linear units",
    claim="A net of linear units, up to ten layers deep, equals the one layer that its weights "
    "multiply to, within 1e-12 in float64; with tanh or relu no single layer equals it.",
    compute=compute,
    draw=draw,
)
