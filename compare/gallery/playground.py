"""The playground: a data set, some features, a small net, its decision surface as it trains.

``examples/playground.py`` takes all of these from the command line.

Source: L0 and L2, which show playground.tensorflow.org.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from compare.gallery.descent import descend, key, one
from compare.gallery.lifts import lift
from compare.gallery.planes import margins, seen, share_right
from compare.gallery.system import Budget, System
from compare.pictures import Plane, style
from compare.pictures.decision import paint
from functional_nn import MLP
from functional_nn.datasets import Splits, playground, split

DATA, FEATURES = "spirals", ("x1", "x2", "sin(x1)", "sin(x2)")
HIDDEN, CURVE, RATE = (12, 8), "tanh", 0.02
FRAMES, EVERY = 24, 20


@dataclass(frozen=True, eq=False)
class Film:
    """What the net says of the plane, frame by frame.

    Attributes:
        title: Data set, features and network.
        steps: Of the frames.
        planes: What it says then, with the test rows.
        right: Share of the test rows that is right.
        losses: Before every step, in nats.
    """

    title: str
    steps: tuple[int, ...]
    planes: tuple[Plane, ...]
    right: tuple[float, ...]
    losses: Float[np.ndarray, " steps"]

    @property
    def holds(self) -> bool:
        """It begins near a half, and ends with nearly all of the rows right."""
        return self.right[0] < 0.75 and self.right[-1] > 0.93

    @property
    def figures(self) -> Mapping[str, str]:
        """From where to where."""
        return {
            "what": self.title,
            "test rows right": f"{self.right[0]:.0%} at first, {self.right[-1]:.0%} at the end",
            "loss": f"{self.losses[0]:.3f} at first, {self.losses[-1]:.3f} at the end",
        }


def compute(budget: Budget, seed: int) -> Film:
    """Film two spirals."""
    data = split(playground[DATA](500, noise=0.03, seed=seed), (0.6, 0.0, 0.4), seed)
    mlp = MLP((len(FEATURES), *HIDDEN, 1), CURVE, loss="binary_cross_entropy")
    return film(mlp, data, FEATURES, frames=budget.of(FRAMES, 12), every=EVERY, seed=seed)


def film(
    mlp: MLP,
    data: Splits,
    names: Sequence[str],
    *,
    frames: int,
    every: int,
    seed: int,
    rate: float = RATE,
) -> Film:
    """Train on all rows with Adam, and look at the plane between stretches that grow longer.

    Args:
        mlp: A network of one output, and of as many inputs as there are features.
        data: Points of the plane in two classes; the train part is learnt, the test part shown.
        names: Features, of ``compare.gallery.lifts.features``.
        frames: Looks, the first one at the untrained net.
        every: Steps between two of them on average.
        seed: Draws the parameters.
        rate: Learning rate.
    """
    x, y = jnp.asarray(lift(data.train.x, names)), jnp.asarray(data.train.y)
    fine = max(1, every // 20)
    total = (frames - 1) * every // fine * fine
    begin = mlp.init(key(seed, 0))
    gone = jax.jit(lambda p: descend(mlp, optax.adam(rate), p, x, y, total, every=fine))(begin)
    looks = np.unique(np.round((total // fine) * np.linspace(0, 1, frames) ** 2).astype(int))
    planes, right = [], []
    for look in looks:
        params = one(gone.path, int(look))
        planes.append(seen(mlp, params, data.test, names, grid=80))
        right.append(share_right(margins(mlp, params, lift(data.test.x, names)), data.test.y))
    layers = "-".join(map(str, mlp.sizes))
    title = f"{data.train.name}; features {', '.join(names)}; net {layers}"
    steps = tuple(int(look) * fine for look in looks)
    return Film(title, steps, tuple(planes), tuple(right), np.asarray(gone.losses, np.float64))


def draw(found: Film) -> Figure:
    """Return six frames, and the loss."""
    with style.styled():
        figure = style.canvas(10.4, 8.2)
        grid = figure.subplot_mosaic(
            [[0, 1, 2], [3, 4, 5], ["loss"] * 3], height_ratios=[3, 3, 1.7]
        )
        last = len(found.planes) - 1
        for place, frame in enumerate(np.round(np.linspace(0, last, 6)).astype(int)):
            _draw_frame(grid[place], found, int(frame))
            if place < 3:  # the frame below has the same axis
                grid[place].set_xlabel("")
                grid[place].tick_params(labelbottom=False)
            if place % 3:
                grid[place].set_ylabel("")
                grid[place].tick_params(labelleft=False)
        axes = grid["loss"]
        steps = np.arange(1, len(found.losses) + 1)
        axes.plot(steps, found.losses, color=style.SERIES[0][0], linewidth=1.6)
        axes.set(yscale="log", xlabel="step", ylabel="loss [nats]")
        grid[2].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="class")
        figure.suptitle(f"Playground: {found.title}", weight="bold")
    return figure


def _draw_frame(axes: Axes, found: Film, frame: int) -> None:
    paint(axes, found.planes[frame], dot=9)
    axes.set_title(f"step {found.steps[frame]}: {found.right[frame]:.0%} right")


def animation(found: Film, folder: Path) -> Sequence[Path]:
    """Write the frames as a GIF."""
    return (write_gif(found, folder / "playground.gif"),)


def write_gif(found: Film, path: Path, frames_a_second: int = 5) -> Path:
    """Write the frames as an animation; the last one stays for a second."""
    with style.styled():
        figure = Figure(figsize=(5.2, 5.4))
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.15, right=0.97, bottom=0.12, top=0.92)

        def show(frame: int) -> list[Axes]:
            axes.clear()
            _draw_frame(axes, found, frame)
            return [axes]

        last = len(found.planes) - 1
        order = [*range(last), *[last] * frames_a_second]
        moving = FuncAnimation(figure, show, order, init_func=lambda: [axes])
        moving.save(path, writer=PillowWriter(fps=frames_a_second), dpi=80)
    return path


SYSTEM = System(
    name="playground",
    entries=("S0-5",),
    title="The playground",
    claim="A small net on sines of the coordinates winds its boundary around two spirals: no "
    "better than three quarters right before training, more than 93 in 100 after it.",
    compute=compute,
    draw=draw,
    extras=animation,
    captions={"playground.gif": "The decision surface as the net trains"},
)
