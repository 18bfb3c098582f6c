"""How far two runs in lockstep part, leaf by leaf, step by step."""

import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.pictures import style
from compare.training.lockstep import ROUNDINGS, LockstepResult

#: So many leaves are named in the legend; of more, only the worst one.
MOST_NAMED = 8


def divergence(result: LockstepResult) -> Figure:
    """Return the relative difference of each parameter leaf over the steps, on a log scale.

    A gap in a line means equal to the last bit.
    """
    with style.styled():
        figure = style.canvas(8.2, 4.0)
        axes = figure.subplots()
        _draw_leaves(axes, result)
        _draw_rounding(axes, result)
        axes.set_yscale("log")
        axes.set_xlabel("step")
        axes.set_ylabel("relative difference of the parameters")
        style.whole_ticks(axes)
        axes.set_title(f"Two runs in lockstep in {result.dtype}: hand against autodiff")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _draw_leaves(axes: Axes, result: LockstepResult) -> None:
    names = result.leaf_names
    for leaf, name in enumerate(names):
        sizes = result.difference[:, leaf]
        worst = name == result.worst.leaf
        named = worst or len(names) <= MOST_NAMED
        axes.plot(
            result.steps,
            np.where(sizes > 0, sizes, np.nan),  # a logarithm knows no zero
            linewidth=2.4 if worst else 1.1,
            label=f"params{name}{' (worst)' * worst}" if named else "_nothing",
            **style.series(leaf, len(result.steps)),
        )


def _draw_rounding(axes: Axes, result: LockstepResult) -> None:
    """Draw one rounding of the dtype, and what rounding may have grown to after each step."""
    eps = float(jnp.finfo(result.dtype).eps)
    axes.axhline(eps, color=style.INK, linestyle=":", linewidth=1.2, label="one rounding")
    axes.plot(
        result.steps,
        ROUNDINGS * eps * result.steps,
        color=style.INK,
        linestyle="--",
        linewidth=1.2,
        label="rounding reaches here",
    )
    if result.first_apart is not None:
        label = f"apart from step {result.first_apart}"
        axes.axvline(result.first_apart, color="#d1495b", linewidth=1.6, label=label)
