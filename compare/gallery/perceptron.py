"""The perceptron: a threshold unit with its learning rule, what it cannot do, and the net that can.

Equations:
    X = Σ_i x_i w_i,   y = +1 if X >= ω_0 else -1
    w += η (t - y)/2 x,   ω_0 -= η (t - y)/2

Source: 10-601B Lecture 15, "Perceptron and Neural Nets".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float, Int
from matplotlib.figure import Figure

from compare.gallery.descent import descend, one, starts
from compare.gallery.planes import margins, seen
from compare.gallery.system import Budget, System
from compare.pictures import Plane, style
from compare.pictures.decision import paint
from functional_nn import MLP
from functional_nn.datasets import Dataset

#: The four inputs, as -1 and +1.
BITS = np.array(list(product((-1.0, 1.0), repeat=2)))
AND, OR, XOR = (-1, -1, -1, 1), (-1, 1, 1, 1), (-1, 1, 1, -1)
NET = MLP((2, 2, 1), activations="tanh", loss="binary_cross_entropy", initializer="glorot_normal")


@dataclass(frozen=True, eq=False)
class Perceptrons:
    """The rule on all sixteen functions of two bits, and a net on the one it fails.

    Attributes:
        mistakes: Of each function in each epoch; the function is its four values.
        weights: w_1, w_2 and -ω_0 after the last epoch.
        plane: What the net says after learning XOR.
        right: How many of XOR's four rows the net has right.
    """

    mistakes: Mapping[tuple[int, ...], Int[np.ndarray, " epochs"]]
    weights: Mapping[tuple[int, ...], Float[np.ndarray, " 3"]]
    plane: Plane
    right: int

    @property
    def failed(self) -> set[tuple[int, ...]]:
        """The functions with a mistake in every epoch."""
        return {function for function, count in self.mistakes.items() if count.min() > 0}

    @property
    def holds(self) -> bool:
        """Only XOR and its opposite fail, and the net learns XOR."""
        return self.failed == {XOR, tuple(-t for t in XOR)} and self.right == 4

    @property
    def figures(self) -> Mapping[str, str]:
        """What was learnt."""
        return {
            "functions of two bits that the perceptron learns": f"{16 - len(self.failed)} of 16",
            "fewest mistakes on XOR in an epoch": str(self.mistakes[XOR].min()),
            "rows of XOR that a net of 2 hidden units has right": f"{self.right} of 4",
        }


def compute(budget: Budget, seed: int) -> Perceptrons:
    """Run the rule on every function, and backpropagation on XOR."""
    functions = list(product((-1, 1), repeat=4))
    learnt = {t: learn(np.array(t), budget.of(60, 20)) for t in functions}
    x, y = jnp.asarray(BITS, jnp.float32), jnp.asarray(np.array(XOR) > 0, jnp.int32)
    begun = starts(NET, seed, 16)
    go = jax.jit(jax.vmap(lambda p: descend(NET, optax.adam(0.1), p, x, y, budget.of(600, 300))))
    gone = go(begun)
    best = one(gone.params, int(jnp.argmin(gone.losses[:, -1])))
    data = Dataset(BITS.astype(np.float32), np.asarray(y), 2, "xor", class_names=("-1", "+1"))
    right = int(np.sum((margins(NET, best, data.x) >= 0) == (data.y == 1)))
    return Perceptrons(
        {t: mistakes for t, (mistakes, _) in learnt.items()},
        {t: weights for t, (_, weights) in learnt.items()},
        seen(NET, best, data, reach=1.8),
        right,
    )


def learn(
    t: Int[np.ndarray, " 4"], epochs: int
) -> tuple[Int[np.ndarray, " epochs"], Float[np.ndarray, " 3"]]:
    """Return the mistakes of each epoch, and the weights at the end; -ω_0 is the weight of a 1."""
    rows, w = np.column_stack([BITS, np.ones(4)]), np.zeros(3)
    mistakes = np.zeros(epochs, dtype=int)
    for epoch in range(epochs):
        for x, target in zip(rows, t, strict=True):
            y = 1 if x @ w >= 0 else -1
            mistakes[epoch] += y != target
            w = w + (target - y) / 2 * x
    return mistakes, w


def draw(found: Perceptrons) -> Figure:
    """Return AND and XOR by the perceptron, XOR by the net, and the mistakes over the epochs."""
    with style.styled():
        figure = style.canvas(8.4, 7.6)
        (first, second), (third, last) = figure.subplots(2, 2)
        for axes, function, name in ((first, AND, "AND"), (second, XOR, "XOR")):
            paint(axes, _half_planes(found.weights[function], function), dot=90)
            axes.set_title(f"{name}, perceptron: {found.mistakes[function][-1]} mistakes")
        paint(third, found.plane, dot=90)
        third.set_title(f"XOR, net 2-2-1: {4 - found.right} mistakes")
        second.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="target")
        for position, (function, name) in enumerate(((AND, "AND"), (OR, "OR"), (XOR, "XOR"))):
            counts = found.mistakes[function]
            line = style.series(position, len(counts))
            last.plot(np.arange(1, len(counts) + 1), counts, label=name, **line)
        last.set(xlabel="epoch", ylabel="mistakes in 4 rows", title="The perceptron's rule")
        last.set(ylim=(-0.15, 4.15), yticks=range(5))
        last.legend()
        style.whole_ticks(last)
    return figure


def _half_planes(w: Float[np.ndarray, " 3"], function: tuple[int, ...]) -> Plane:
    """Return the two sides of a threshold unit's line."""
    along = np.linspace(-1.8, 1.8, 121)
    across, up = np.meshgrid(along, along)
    side = np.where(w[0] * across + w[1] * up + w[2] >= 0, 2.0, -2.0)
    labels = (np.array(function) > 0).astype(np.int64)
    return Plane(along, along, side, BITS, labels, ("-1", "+1"))


SYSTEM = System(
    name="perceptron",
    entries=("S1-1",),
    title="The perceptron and XOR",
    claim="The perceptron learns 14 of the 16 functions of two bits, all but XOR and its "
    "opposite; a net with two hidden units learns XOR.",
    compute=compute,
    draw=draw,
)
