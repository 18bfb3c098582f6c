"""Forward mode beside reverse mode: what one sweep of each gives, and what a Jacobian costs.

    forward    one sweep: how every node moves with one input       n_in sweeps for all
    reverse    one sweep: how one output moves with every node      n_out sweeps for all

The costs are the floating-point operations that the compiler counts, the same on every machine;
``python -m benchmarks.modes`` measures the time.

Source: L2, "Why backpropagation?", Figures 1 and 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import cast

import jax
import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP
from manual_backprop.jacobians import by_columns, by_rows

WAYS = MappingProxyType({"forward": by_columns, "reverse": by_rows})
SIZES = (1, 3, 10, 30, 100, 300, 1000)
ROWS, WIDTH = 16, 64


@dataclass(frozen=True, eq=False)
class Modes:
    """Operations of a whole Jacobian.

    Attributes:
        sizes: Inputs, or outputs, the other being one.
        inputs: By mode, as the inputs grow.
        outputs: By mode, as the outputs grow.
        apart: Largest difference of the two Jacobians, of the largest element.
    """

    sizes: tuple[int, ...]
    inputs: Mapping[str, Float[np.ndarray, " sizes"]]
    outputs: Mapping[str, Float[np.ndarray, " sizes"]]
    apart: float

    @property
    def advantage(self) -> tuple[float, float]:
        """How often dearer the wrong mode is at the largest size: many inputs, many outputs."""
        return (
            float(self.inputs["forward"][-1] / self.inputs["reverse"][-1]),
            float(self.outputs["reverse"][-1] / self.outputs["forward"][-1]),
        )

    @property
    def holds(self) -> bool:
        """The same Jacobian, and each mode is the dearer one where it takes more sweeps."""
        many = self.sizes[-1]
        return self.apart < 1e-5 and min(self.advantage) > many / 20

    @property
    def figures(self) -> Mapping[str, str]:
        """The costs at the ends."""
        many_in, many_out = self.advantage
        many, times = self.sizes[-1], "times as much"
        return {
            "the two Jacobians differ by": f"{self.apart:.1e}",
            f"{many} inputs, 1 output": f"forward mode takes {many_in:.0f} {times}",
            f"1 input, {many} outputs": f"reverse mode takes {many_out:.0f} {times}",
        }


def compute(budget: Budget, seed: int) -> Modes:
    """Compile both for every shape and count; compare what they return at one of them."""
    sizes = SIZES if budget.share > 0.5 else SIZES[::2]
    inputs = {name: np.array([operations(name, n, 1) for n in sizes]) for name in WAYS}
    outputs = {name: np.array([operations(name, 1, n) for n in sizes]) for name in WAYS}
    mlp = _network(5, 7)
    params, x = mlp.init(key(seed, 1)), jax.random.normal(key(seed, 2), (ROWS, 5))
    first, second = (np.asarray(way(mlp, params, x)) for way in WAYS.values())
    apart = float(np.abs(first - second).max() / np.abs(first).max())
    return Modes(tuple(sizes), inputs, outputs, apart)


def operations(mode: str, n_in: int, n_out: int) -> float:
    """Return the floating-point operations of a Jacobian by one mode."""
    mlp = _network(n_in, n_out)
    params = jax.eval_shape(mlp.init, jax.random.key(0))
    x = jax.ShapeDtypeStruct((ROWS, n_in), np.float32)
    program = jax.jit(partial(WAYS[mode], mlp)).lower(params, x).compile()
    counted = program.cost_analysis()
    return float(cast(dict[str, float], counted)["flops"])


def _network(n_in: int, n_out: int) -> MLP:
    return MLP((n_in, WIDTH, WIDTH, n_out), activations="tanh", loss="squared_error")


def draw(found: Modes) -> Figure:
    """Return the operations as inputs grow, and as outputs grow."""
    with style.styled():
        figure = style.canvas(9.4, 4.0)
        panels = figure.subplots(1, 2, sharey=True)
        sides = (("inputs", found.inputs, "output"), ("outputs", found.outputs, "input"))
        for axes, (what, costs, other) in zip(panels, sides, strict=True):
            for position, (name, counts) in enumerate(costs.items()):
                line = style.series(position, len(counts))
                axes.plot(found.sizes, counts, label=f"{name} mode", **line)
            axes.set(xscale="log", yscale="log", xlabel=f"{what} (one {other})")
            axes.set_title(f"As the {what} grow")
        panels[0].set_ylabel("operations of a whole Jacobian")
        panels[0].legend()
        figure.suptitle(
            f"Forward and reverse mode: two hidden layers of {WIDTH} tanh, {ROWS} rows",
            weight="bold",
        )
    return figure


SYSTEM = System(
    name="modes",
    entries=("S2-2",),
    title="Forward mode against reverse mode",
    claim="Both give the same Jacobian; forward mode's cost grows with the inputs and reverse "
    "mode's with the outputs, so that a loss of a thousand inputs is for reverse mode.",
    compute=compute,
    draw=draw,
)
