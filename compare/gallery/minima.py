"""Non-convexity: different starts end in different minima; in high dimensions about as good ones.

A narrow and a wide net of tanh units fit one curve from many starts. Between two ends a straight
line leads over a hill, which it could not if the loss were convex.

Source: L4, "Non-Convexity of Neural Nets"; Pascanu et al., arXiv:1405.4604.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float
from matplotlib.figure import Figure

from compare.gallery.descent import descend, key, starts
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Params

UNITS = MappingProxyType({"narrow": 3, "wide": 48})
#: Losses that differ by more, as a share of the targets' variance, are those of other minima.
SAME = 0.005


@dataclass(frozen=True, eq=False)
class Minima:
    """Where many starts end.

    Attributes:
        left: Loss at every end, as a share of the variance of the targets, rising.
        apart: Least distance of two ends, of their size, units in whatever order and sign.
        between: Loss on the straight line between the two best ends of different starts.
        curve: The targets, over x.
    """

    left: Mapping[str, Float[np.ndarray, " starts"]]
    apart: Mapping[str, float]
    between: Mapping[str, Float[np.ndarray, " points"]]
    curve: Float[np.ndarray, "2 rows"]

    def distinct(self, name: str) -> int:
        """Return how many levels of loss there are among the ends."""
        return 1 + int(np.sum(np.diff(self.left[name]) > SAME))

    def spread(self, name: str) -> float:
        """Return the range of the ends' losses."""
        return float(np.ptp(self.left[name]))

    @property
    def holds(self) -> bool:
        """Several minima when narrow; when wide, other places, the same loss; hills between."""
        several = self.distinct("narrow") >= 4 and self.spread("narrow") > 0.1
        alike = self.spread("wide") < self.spread("narrow") / 10 and self.apart["wide"] > 0.1
        hills = all(line.max() > 2 * max(line[0], line[-1]) for line in self.between.values())
        return several and alike and hills

    @property
    def figures(self) -> Mapping[str, str]:
        """Minima, spreads, distances."""
        told = {}
        for name, units in UNITS.items():
            told[f"{units} units: levels of loss, {SAME:.1%} of the variance apart"] = str(
                self.distinct(name)
            )
            told[f"{units} units: range of the ends' loss"] = (
                f"{self.spread(name):.2%} of the variance"
            )
        told["wide: nearest two ends"] = f"{self.apart['wide']:.0%} of their size apart"
        return told


def compute(budget: Budget, seed: int) -> Minima:
    """Fit from every start, on all rows."""
    x = jnp.linspace(-1, 1, 80)[:, None]
    y = jnp.sin(8 * x) * (1 + 0.3 * x)
    variance = float(jnp.var(y))
    count, steps = budget.of(40, 16), budget.of(4000, 2500)
    optimizer = optax.adam(optax.cosine_decay_schedule(0.03, steps))
    left, apart, between = {}, {}, {}
    for name, units in UNITS.items():
        mlp = MLP((1, units, 1), "tanh", loss="squared_error", initializer="glorot_normal")
        begun = starts(mlp, seed, count)
        spread = jax.random.uniform(key(seed, 0), begun[0].bias.shape, minval=-1.0)
        begun = (begun[0]._replace(bias=spread, weight=2 * begun[0].weight), begun[1])
        ends = jax.jit(jax.vmap(lambda p, m=mlp: descend(m, optimizer, p, x, y, steps).params))(
            begun
        )
        losses = np.asarray(jax.vmap(lambda p, m=mlp: m.loss(p, x, y))(ends), np.float64) / variance
        order = np.argsort(losses)
        ends = jax.tree.map(lambda leaf, order=order: leaf[order], ends)
        left[name], apart[name] = losses[order], _nearest(ends)
        between[name] = _line(mlp, ends, x, y) / variance
    return Minima(left, apart, between, np.stack([x[:, 0], y[:, 0]]).astype(np.float64))


def _nearest(ends: Params) -> float:
    """Return the least distance of two ends over their size, taking units in a common order."""
    w, b, v = (
        np.asarray(a, np.float64)
        for a in (ends[0].weight[:, 0], ends[0].bias, ends[1].weight[:, :, 0])
    )
    sign = np.where(w < 0, -1.0, 1.0)  # tanh(-z) = -tanh(z): a unit and its mirror are one
    units = np.stack([w, b, v], axis=-1) * sign[..., None]
    ordered = np.stack([each[np.lexsort(each.T[::-1])] for each in units]).reshape(len(w), -1)
    between = np.linalg.norm(ordered[:, None] - ordered[None], axis=2)
    size = np.linalg.norm(ordered, axis=1).mean()
    return float(between[np.triu_indices(len(w), 1)].min() / size)


def _line(mlp: MLP, ends: Params, x: Array, y: Array) -> Float[np.ndarray, " points"]:
    """Return the loss on the line between the best end and the next best that is elsewhere."""
    first, second = (jax.tree.map(lambda leaf, k=k: leaf[k], ends) for k in (0, 1))

    def at(share: Array) -> Array:
        mixed = jax.tree.map(lambda a, b: (1 - share) * a + share * b, first, second)
        return mlp.loss(mixed, x, y)

    return np.asarray(jax.vmap(at)(jnp.linspace(0, 1, 101)), np.float64)


def draw(found: Minima) -> Figure:
    """Return the losses at the ends, and the hill between two of them."""
    with style.styled():
        figure = style.canvas(9.6, 4.4)
        figure.suptitle("Different starts, different minima", weight="bold")
        left, right = figure.subplots(1, 2)
        for position, (name, units) in enumerate(UNITS.items()):
            ends, line = 100 * found.left[name], 100 * found.between[name]
            colour, marker = style.SERIES[position]
            left.plot(
                np.arange(1, len(ends) + 1), ends, marker, color=colour, ms=4,
                label=f"{units} units: from {_percent(ends[0])} to {_percent(ends[-1])} %",
            )  # fmt: skip
            along = style.series(position, len(line))
            right.plot(np.linspace(0, 1, len(line)), line, label=f"{units} units", **along)
        left.set(
            yscale="log",
            xlabel="start, numbered by its loss at the end",
            ylabel="loss at the end [% of variance]",
        )
        left.set_title("Where each start ends, best first")
        right.set(yscale="log", xlabel="from one end to another", ylabel="loss [% of variance]")
        right.set_title("The straight line between two ends")
        left.set_ylim(top=400)  # room for the legend
        left.legend(loc="upper left")
        right.legend()
    return figure


def _percent(share: float) -> str:
    """Return a share of the variance in two digits: 0.0042, 13."""
    return f"{float(f'{share:.2g}'):g}"


SYSTEM = System(
    name="minima",
    entries=("S4-3",),
    title="Different starts, different minima",
    claim="A narrow net ends at several levels of loss, by its start; the ends of a wide one are "
    "different places whose losses lie within a tenth of that range, and the line between two "
    "leads over a hill.",
    compute=compute,
    draw=draw,
)
