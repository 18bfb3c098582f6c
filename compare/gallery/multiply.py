"""The MultiplyGate block: forward keeps what backward needs.

Source: L4, "Block Example Implementation".
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
from manual_backprop.gates import rules

REACH, STEP = 2.0, 1e-4


class MultiplyGate:
    """The block as it is printed; its ``forward`` forgets its ``self`` there.

    Equations:
        z = x y,   dL/dx = y dL/dz,   dL/dy = x dL/dz
    """

    def forward(self, x: Array, y: Array) -> Array:
        """Return the product, and keep both factors."""
        z = x * y
        self.x = x  # must keep these around
        self.y = y
        return z

    def backward(self, dz: Array) -> list[Array]:
        """Return what is handed down to either factor."""
        dx = self.y * dz  # dz/dx · dL/dz
        dy = self.x * dz  # dz/dy · dL/dz
        return [dx, dy]


@dataclass(frozen=True, eq=False)
class Multiplied:
    """The gradient of the product over the plane.

    Attributes:
        axis: Of either factor.
        handed: (dx, dy) at every point of the plane, with dz = 1.
        numeric: Largest difference from central differences.
        table: Largest difference from the library's rule of the gate "mul".
        stale: The same when the block has meanwhile seen other factors.
    """

    axis: Float[np.ndarray, " points"]
    handed: Float[np.ndarray, "2 points points"]
    numeric: float
    table: float
    stale: float

    @property
    def holds(self) -> bool:
        """Right with what it kept, wrong with what something else left there."""
        return self.numeric < 1e-8 and self.table == 0.0 and self.stale > 0.1

    @property
    def figures(self) -> Mapping[str, str]:
        """The differences."""
        return {
            "backward - numeric": f"{self.numeric:.1e}",
            "backward - rule of the library's gate": f"{self.table:.1e}",
            "backward after another forward, off by": f"{self.stale:.2f}",
        }


def compute(budget: Budget, seed: int) -> Multiplied:
    """Run the block forward and backward over the plane, in float64."""
    with jax.enable_x64(True):
        axis = jnp.linspace(-REACH, REACH, 17)
        x, y = jnp.meshgrid(axis, axis)
        block, dz = MultiplyGate(), jnp.ones_like(x)
        z = block.forward(x, y)
        handed = np.stack(block.backward(dz))
        product = MultiplyGate().forward
        numeric = np.stack(
            [
                (product(x + STEP, y) - product(x - STEP, y)) / (2 * STEP),
                (product(x, y + STEP) - product(x, y - STEP)) / (2 * STEP),
            ]
        )
        table = np.stack(rules["mul"].pull(dz, z, x, y))
        block.forward(*jax.random.normal(key(seed, 1), (2, *x.shape), x.dtype))
        stale = np.stack(block.backward(dz))
    off = [float(np.abs(handed - other).max()) for other in (numeric, table, stale)]
    return Multiplied(np.asarray(axis), handed, *off)


def draw(found: Multiplied) -> Figure:
    """Return the product over the plane, and what backward hands down as arrows."""
    with style.styled():
        figure = style.canvas(6.6, 5.4)
        axes = figure.subplots()
        fine = np.linspace(-REACH, REACH, 121)
        values = fine[None, :] * fine[:, None]
        shade = axes.contourf(fine, fine, values, np.linspace(-4, 4, 17), cmap="cividis")
        axes.quiver(  # black with a white rim: seen on every shade, in grey as well
            found.axis, found.axis, *found.handed, scale=38, width=0.004,
            color="black", edgecolor="white", linewidth=0.5,
        )  # fmt: skip
        around = (-1.15 * REACH, 1.15 * REACH)  # room for the arrows at the border
        axes.set(xlabel="x", ylabel="y", aspect="equal", xlim=around, ylim=around)
        axes.set_title("z = x y, and what backward hands down: (y, x)")
        axes.grid(visible=False)
        figure.colorbar(shade, ax=axes, label="z").outline.set_visible(False)
    return figure


SYSTEM = System(
    name="multiply",
    entries=("S4-4",),
    title="The MultiplyGate block",
    claim="With the factors that forward kept, backward is right everywhere; once another forward "
    "has overwritten them, it is not.",
    compute=compute,
    draw=draw,
)
