"""Backpropagation over a graph in four steps, and through modules nested three deep.

1. Instantiate the computation as a graph: each intermediate quantity is a node.
2. At each node store its value, and the partial derivative of the goal with respect to it.
3. Initialise all partial derivatives to 0.
4. Visit the nodes in reverse topological order, adding each one's contribution to its parents.

Source: 10-601B Lecture 15; ``manual_backprop.graph.reverse`` is these steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.drawing import svg
from compare.gallery.descent import key
from compare.gallery.moved import by_moving
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn.graph import Graph, build, gate, symbol, symbols
from functional_nn.graph.examples import cosine, product_of_sum
from manual_backprop.graph import Sweep, backpropagate

EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class OverGraphs:
    """A graph of scalars, and one of arrays with modules in modules.

    Attributes:
        scalars: The sweep over J = cos(sin(x²) + 3x²).
        numeric: dJ/dnode by central differences, the node itself being moved.
        nested: The sweep over three blocks of a layer of gates each.
        pairs: Every partial of it: by hand, and by autodiff of the opened graph.
    """

    scalars: Sweep
    numeric: Mapping[str, float]
    nested: Sweep
    pairs: Float[np.ndarray, "2 partials"]

    @property
    def apart(self) -> float:
        """Largest difference of hand and autodiff in the nested graph, of the largest partial."""
        hand, auto = self.pairs
        return float(np.abs(hand - auto).max() / np.abs(auto).max())

    @property
    def off(self) -> float:
        """Largest difference of a scalar's partial from its numeric derivative."""
        return max(abs(float(self.scalars.partial(n)) - d) for n, d in self.numeric.items())

    @property
    def holds(self) -> bool:
        """Both agree."""
        return self.apart <= EQUAL and self.off <= 1e-8

    @property
    def figures(self) -> Mapping[str, str]:
        """How many partials there are, and how far off they are."""
        return {
            "scalars: four steps - numeric, largest": f"{self.off:.1e}",
            "modules nested": f"{_depth(self.nested.graph)} deep",
            "nodes when all are opened": str(len(self.nested.graph.flat)),
            "partials: hand - autodiff, of the largest": f"{self.apart:.1e}",
        }


def nested() -> Graph:
    """Return a net of three blocks, each a residual module with a layer module inside."""
    u, W = symbols("u W")
    layer = build(gate("tanh")(u @ W), "layer", inputs=(u, W))
    block = build(u + layer(u, W), "block", inputs=(u, W))
    A, B, C = weights = symbols("A B C")
    net = build(block(block(block(u, A), B), C), "net", inputs=(u, *weights))
    x = symbol("x")
    J = (net(x, *weights) ** 2).mean()
    return build(J.named("J"), inputs=(x, *weights))


def compute(budget: Budget, seed: int) -> OverGraphs:
    """Sweep both graphs in float64."""
    with jax.enable_x64(True):
        graph, at = cosine()
        scalars = backpropagate(graph, at)
        names = [node.name for node in graph.nodes if node.gate != "constant"]
        numeric = {name: by_moving(graph, scalars, name) for name in names}
        big = nested()
        keys = jax.random.split(key(seed, 1), 4)
        shapes = {"x": (5, 4), "A": (4, 4), "B": (4, 4), "C": (4, 4)}
        inputs = {
            name: jax.random.normal(k, shape, jnp.float64)
            for k, (name, shape) in zip(keys, shapes.items(), strict=True)
        }
        sweep = backpropagate(big, inputs)
        auto = jax.grad(lambda given: big(**given))(inputs)
        hand = np.concatenate([np.ravel(sweep.partial(name)) for name in inputs])
        other = np.concatenate([np.ravel(auto[name]) for name in inputs])
        return OverGraphs(scalars, numeric, sweep, np.stack([hand, other]))


def _depth(graph: Graph) -> int:
    inside = [_depth(node.module) for node in graph.nodes if node.module]
    return 1 + max(inside) if inside else 0


def draw(found: OverGraphs) -> Figure:
    """Return the numbers at each node, and hand against autodiff."""
    with style.styled():
        figure = style.canvas(9.6, 4.6)
        figure.suptitle("Backpropagation over any graph", weight="bold")
        left, right = figure.subplots(1, 2, width_ratios=[1.3, 1])
        _draw_nodes(left, found)
        _draw_pairs(right, found)
    return figure


def _draw_nodes(axes: Axes, found: OverGraphs) -> None:
    names = list(found.numeric)
    at = np.arange(len(names))
    values = [float(found.scalars.value(name)) for name in names]
    partials = [float(found.scalars.partial(name)) for name in names]
    first, second = style.SERIES[0][0], style.SERIES[1][0]
    axes.bar(at - 0.2, values, 0.38, color="#c9d6e2", edgecolor=first, label="value")
    axes.bar(at + 0.2, partials, 0.38, color="#7a3d10", label="dJ/dnode, four steps")
    axes.plot(
        at + 0.2, list(found.numeric.values()), "o", mfc="none", mec=second, ms=9, mew=1.8,
        label="dJ/dnode, numeric",
    )  # fmt: skip
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xticks(at, names)
    axes.set(xlabel="node, from the input to the goal", ylabel="value, partial derivative")
    axes.set_title("J = cos(sin x² + 3x²): each node's numbers")
    axes.legend()


def _draw_pairs(axes: Axes, found: OverGraphs) -> None:
    hand, auto = found.pairs
    ends = np.array([auto.min(), auto.max()])
    axes.plot(ends, ends, color=style.INK, linewidth=0.9, label="equal")
    axes.plot(auto, hand, "o", color=style.SERIES[0][0], ms=4, label=f"{len(hand)} partials")
    axes.set(xlabel="autodiff", ylabel="by hand, module by module")
    axes.set_title(f"Modules {_depth(found.nested.graph)} deep: dJ/d inputs")
    axes.legend()


def drawings(found: OverGraphs, folder: Path) -> Sequence[Path]:
    """Write the lectures' two examples, and the modules, with their numbers as drawings."""
    sweeps = {
        "product": backpropagate(*product_of_sum()),
        "scalars": found.scalars,
        "modules": found.nested,
    }
    paths = {name: folder / f"dag-{name}.svg" for name in sweeps}
    for name, sweep in sweeps.items():
        paths[name].write_text(svg(sweep), encoding="utf-8")
    return list(paths.values())


SYSTEM = System(
    name="dag",
    entries=("S0-4", "S1-4"),
    title="Backpropagation over any graph",
    claim="The four steps give every node's partial derivative, of scalars and of arrays, through "
    "modules nested three deep: equal to numeric differentiation and to autodiff.",
    compute=compute,
    draw=draw,
    extras=drawings,
    captions={
        "dag-product.svg": "f = (x + y)z, value and partial derivative at each node",
        "dag-scalars.svg": "J = cos(sin x² + 3x²), likewise",
        "dag-modules.svg": "Three modules in a module, with the norms of the arrays",
    },
)
