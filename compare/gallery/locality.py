"""Locality: a block needs its inputs, its output and what is handed down; nothing is done twice.

    v_{k+1} = sin(v_k) · v_k

Each v is used twice, so the chain rule written out has 2^k paths. Backpropagation visits each node
once, and reuses what it handed down; the same rules applied path by path do not.

Source: L4, "Local-ness of Backpropagation", "already computed".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn.graph import Graph, build, gate, symbol
from manual_backprop.gates import rules
from manual_backprop.graph import backpropagate
from manual_backprop.rules import pulled

BLOCKS = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True, eq=False)
class Locality:
    """What the derivative of a chain of blocks costs.

    Attributes:
        blocks: How many of them.
        reused: Local rules that backpropagation applies.
        repeated: The same when every path is followed by itself.
        apart: Largest difference of the two derivatives, relative.
        alone: Largest difference of a node's partial from what its users hand it when each is
            given its own inputs, output and partial, and nothing else.
    """

    blocks: tuple[int, ...]
    reused: Float[np.ndarray, " blocks"]
    repeated: Float[np.ndarray, " blocks"]
    apart: float
    alone: float

    @property
    def holds(self) -> bool:
        """Reuse costs the same a block, no reuse twice as much a block; both are right."""
        each = np.diff(self.reused) / np.diff(self.blocks)
        doubling = self.repeated[1:] / self.repeated[:-1]
        costs = bool((each == each[0]).all() and (doubling[2:] > 1.9).all())
        return costs and self.apart < 1e-12 and self.alone == 0.0

    @property
    def figures(self) -> Mapping[str, str]:
        """The counts at the end."""
        last = self.blocks[-1]
        return {
            f"rules applied for {last} blocks, reusing": f"{self.reused[-1]:.0f}",
            "path by path": f"{self.repeated[-1]:.0f}",
            "the two derivatives differ by": f"{self.apart:.1e}",
            "blocks run alone differ by": f"{self.alone:.1e}",
        }


class Counted:
    """Applies local rules, and counts how often."""

    def __init__(self) -> None:
        """Begin at none."""
        self.count = 0

    def pull(self, graph: Graph, stored: Mapping[str, Array], user: str, dv: Array) -> list[Array]:
        """Return what a node hands to each of its inputs, from what is local to it."""
        node = next(node for node in graph.nodes if node.name == user)
        self.count += 1
        inputs = [stored[name] for name in node.inputs]
        return pulled(rules[node.gate], dv, stored[user], inputs, **node.keywords)


def chain(blocks: int) -> Graph:
    """Return so many blocks, one after the other."""
    v = symbol("v0")
    for k in range(blocks):
        v = (gate("sin")(v).named(f"s{k + 1}") * v).named(f"v{k + 1}")
    return build(v)


def compute(budget: Budget, seed: int) -> Locality:
    """Differentiate chains of every length both ways, in float64."""
    reused, repeated, apart, alone = [], [], 0.0, 0.0
    with jax.enable_x64(True):
        for blocks in BLOCKS:
            graph = chain(blocks)
            sweep = backpropagate(graph, {"v0": 1.1 + 0.1 * (seed % 7)})
            once, over = Counted(), Counted()
            alone = max(alone, _each_alone(graph, sweep.values, sweep.partials, once))
            by_paths = _path_by_path(graph, sweep.values, "v0", over)
            ours = sweep.partial("v0")
            apart = max(apart, float(jnp.abs(by_paths - ours) / jnp.abs(ours)))
            reused.append(once.count)
            repeated.append(over.count)
    once_each, again = (np.array(counts, np.float64) for counts in (reused, repeated))
    return Locality(BLOCKS, once_each, again, apart, alone)


def _each_alone(
    graph: Graph, stored: Mapping[str, Array], partials: Mapping[str, Array], counted: Counted
) -> float:
    """Run every block's rule once, by itself; return how far the sums are from the partials."""
    sums = {node.name: jnp.zeros(()) for node in graph.nodes}
    sums[graph.output] = jnp.ones(())
    for node in reversed(graph.nodes):
        if node.inputs:
            handed = counted.pull(graph, stored, node.name, partials[node.name])
            for source, part in zip(node.inputs, handed, strict=True):
                sums[source] = sums[source] + part
    return max(float(jnp.abs(sums[name] - partials[name])) for name in sums)


def _path_by_path(graph: Graph, stored: Mapping[str, Array], name: str, counted: Counted) -> Array:
    """Return dJ/dnode as the chain rule is written: through every user, each from the goal anew."""
    if name == graph.output:
        return jnp.ones(())
    total = jnp.zeros(())
    for node in graph.nodes:
        if name in node.inputs:
            dv = _path_by_path(graph, stored, node.name, counted)
            handed = counted.pull(graph, stored, node.name, dv)
            total = total + sum(
                part for source, part in zip(node.inputs, handed, strict=True) if source == name
            )
    return total


def draw(found: Locality) -> Figure:
    """Return how the work grows with the blocks, both ways."""
    with style.styled():
        figure = style.canvas(7.4, 4.2)
        axes = figure.subplots()
        for position, (name, counts) in enumerate(
            (("path by path", found.repeated), ("each block once, reusing", found.reused))
        ):
            line = style.series(position, len(counts))
            axes.plot(found.blocks, counts, label=name, **line)
            axes.annotate(
                f"{counts[-1]:.0f}", (found.blocks[-1], counts[-1]), xytext=(8, 0),
                textcoords="offset points", va="center",
            )  # fmt: skip
        axes.set(yscale="log", xlabel="blocks v → v sin v in a row", ylabel="local rules applied")
        axes.set_title("What dJ/dx of a chain of blocks costs")
        axes.margins(x=0.1)
        axes.legend()
    return figure


SYSTEM = System(
    name="locality",
    entries=("S4-2",),
    title="Locality and reuse",
    claim="A block's backward, given only its inputs, its output and what is handed down, makes "
    "the same partials; the cost grows with the blocks, and path by path it doubles with each.",
    compute=compute,
    draw=draw,
)
