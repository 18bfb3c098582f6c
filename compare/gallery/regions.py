"""Decision regions with 0, 1 and 2 hidden layers.

    hidden layers   the lectures say             what is measured
    0               a hyperplane                 the margin is an affine function of the point
    1               a convex region              midpoints of points inside are inside
    2               combinations of such         midpoints are not, and two discs are told apart

One hidden layer is not held to convex regions: with four units it does what the lectures draw; with
more it makes two discs as well, and the figures say how well.

Source: 10-601B Lecture 15, "Decision Boundary"; L2, Figures 4 to 6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import descend, one, starts
from compare.gallery.planes import margins, seen, share_right
from compare.gallery.system import Budget, System
from compare.pictures import Plane, style
from compare.pictures.decision import paint, shade_key
from functional_nn import MLP, Params
from functional_nn.datasets import Dataset

#: Units of the hidden layers; the last is shown in the figures only.
HIDDEN = ((), (4,), (12, 12))
WIDE = (24,)
Points = Float[np.ndarray, "rows 2"]


def _two_discs(x: Points) -> np.ndarray:
    left = np.hypot(x[:, 0] + 0.5, x[:, 1] + 0.45) < 0.38
    return left | (np.hypot(x[:, 0] - 0.5, x[:, 1] - 0.45) < 0.38)


SHAPES: Mapping[str, Callable[[Points], np.ndarray]] = {
    "half plane": lambda x: x @ [1.0, 0.6] > 0.1,
    "disc": lambda x: np.hypot(x[:, 0], x[:, 1]) < 0.6,
    "two discs": _two_discs,
}


@dataclass(frozen=True, eq=False)
class Regions:
    """What each net makes of each shape.

    Attributes:
        planes: By shape and hidden layers.
        right: Share of fresh rows classified right, likewise.
        inside: Share of midpoints of two points inside that are inside, likewise.
        bend: Of the nets without hidden layer: how far the margin is from affine, of its range.
    """

    planes: Mapping[tuple[str, tuple[int, ...]], Plane]
    right: Mapping[tuple[str, tuple[int, ...]], float]
    inside: Mapping[tuple[str, tuple[int, ...]], float]
    bend: float

    @property
    def holds(self) -> bool:
        """No hidden layer: planes; one of four: the disc, convex; two: both discs, not convex."""
        none, four, two = HIDDEN
        lines = (
            self.bend < 1e-5
            and self.right["disc", none] < 0.8 < 0.95 < self.right["half plane", none]
        )
        convex = self.right["disc", four] > 0.95 and self.inside["disc", four] > 0.995
        both = self.right["two discs", two] > 0.95 > self.inside["two discs", two]
        return lines and convex and both and self.right["two discs", none] < 0.85

    @property
    def figures(self) -> Mapping[str, str]:
        """Accuracies and convexity."""
        _, four, two = HIDDEN
        return {
            "no hidden layer: margin from affine": f"{self.bend:.1e}",
            "disc, one hidden layer of 4: midpoints inside": f"{self.inside['disc', four]:.2%}",
            "two discs, one hidden layer of 4": f"{self.right['two discs', four]:.1%} right",
            "two discs, two hidden layers": f"{self.right['two discs', two]:.1%} right",
            "its midpoints inside": f"{self.inside['two discs', two]:.1%}",
            "two discs, one hidden layer of 24": f"{self.right['two discs', WIDE]:.1%} right",
        }


def compute(budget: Budget, seed: int) -> Regions:
    """Train every net on every shape, the best of a few starts."""
    random = np.random.default_rng(seed)
    points, fresh = (random.uniform(-1, 1, (n, 2)).astype(np.float32) for n in (450, 2000))
    planes: dict[tuple[str, tuple[int, ...]], Plane] = {}
    right: dict[tuple[str, tuple[int, ...]], float] = {}
    inside: dict[tuple[str, tuple[int, ...]], float] = {}
    bend = 0.0
    for hidden in (*HIDDEN, WIDE):
        mlp = MLP((2, *hidden, 1), activations="tanh", loss="binary_cross_entropy")
        for name, params in _train_all(mlp, points, seed, budget).items():
            case, shape = (name, tuple(hidden)), SHAPES[name]
            shown = Dataset(points[:150], shape(points[:150]).astype(np.int64), 2, name)
            planes[case] = seen(mlp, params, shown, reach=1.0)
            right[case] = share_right(margins(mlp, params, fresh), shape(fresh).astype(np.int64))
            inside[case] = _midpoints_inside(mlp, params, fresh, random)
            if not hidden:
                bend = max(bend, _from_affine(planes[case]))
    return Regions(planes, right, inside, bend)


def _train_all(mlp: MLP, x: Points, seed: int, budget: Budget) -> dict[str, Params]:
    """Return the best of four starts for each shape; all descend side by side."""
    steps = budget.of(2000, 1000)
    optimizer = optax.adam(optax.cosine_decay_schedule(0.03, steps))
    y = jnp.asarray(np.stack([shape(x) for shape in SHAPES.values()]), jnp.int32)
    each = jax.vmap(lambda p, y: descend(mlp, optimizer, p, jnp.asarray(x), y, steps), (0, None))
    gone = jax.jit(jax.vmap(each, (None, 0)))(starts(mlp, seed, 4), y)
    best = np.asarray(gone.losses[..., -1]).argmin(axis=1)
    return {name: one(one(gone.params, k), int(best[k])) for k, name in enumerate(SHAPES)}


def _midpoints_inside(mlp: MLP, params: Params, x: Points, random: np.random.Generator) -> float:
    within = x[margins(mlp, params, x) >= 0]
    if not len(within):
        return 1.0  # the empty region is convex
    first, second = random.integers(0, len(within), (2, 4000))
    return float(np.mean(margins(mlp, params, (within[first] + within[second]) / 2) >= 0))


def _from_affine(plane: Plane) -> float:
    """Return how far a margin is from the best affine function of the point, of its range."""
    across, up = np.meshgrid(plane.across, plane.up)
    terms = np.column_stack([across.ravel(), up.ravel(), np.ones(across.size)])
    margin = plane.margin.ravel()
    fitted = terms @ np.linalg.lstsq(terms, margin, rcond=None)[0]
    return float(np.abs(fitted - margin).max() / np.ptp(margin))


def draw(found: Regions) -> Figure:
    """Return a shape a row, a depth a column."""
    with style.styled():
        figure = style.canvas(9.6, 9.4)
        grid = figure.subplots(3, 3, sharex=True, sharey=True)
        for row, name in enumerate(SHAPES):
            for column, hidden in enumerate(HIDDEN):
                axes = grid[row, column]
                shading = paint(axes, found.planes[name, hidden], dot=7)
                layers = "-".join(map(str, (2, *hidden, 1)))
                axes.set_title(f"{name}, net {layers}\n{found.right[name, hidden]:.1%} right")
        for axes in grid.flat:
            axes.label_outer()
        grid[0, 2].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="class")
        shade_key(shading, list(grid[1:, 2]), "net says: probability of class 1")
        figure.suptitle("Decision regions with 0, 1 and 2 hidden layers", weight="bold")
    return figure


SYSTEM = System(
    name="regions",
    entries=("S1-8",),
    title="Decision regions by depth",
    claim="Without a hidden layer the boundary is a hyperplane; one hidden layer of four units "
    "encloses a disc in a convex region; two make a combination of regions, two discs.",
    compute=compute,
    draw=draw,
)
