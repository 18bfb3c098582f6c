"""What each objective estimates: four pairs of the lecture's quiz, each shown in numbers.

    squared error                 = Gaussian maximum likelihood
    squared error + L2            = Gaussian prior, maximum a posteriori
    cross-entropy                 = Bernoulli maximum likelihood
    hinge                         = large margin

Equations:
    N/σ² J  = -Σ ln N(y | u, σ²) + const
    N/σ² (J + λ/2 ‖W‖²) = -Σ ln N(y | u, σ²) - Σ ln N(W | 0, τ²) + const,   λ = σ²/(N τ²)
    N J     = -Σ ln Bernoulli(y | sigmoid(u))

The probabilities are SciPy's, so that no formula is compared with itself.

Source: 10-601B Lecture 15, "Matching quiz".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats
from scipy.special import expit

from compare.gallery.descent import descend
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense
from functional_nn.datasets import Dataset, gaussians

ROWS, SIGMA, TAU = 60, 0.7, 1.3
EQUAL = 1e-12
PAIRS = ("squared error, Gaussian", "+ L2, Gaussian prior", "cross-entropy, Bernoulli")


@dataclass(frozen=True, eq=False)
class Estimates:
    """Objectives beside probabilities along a line through the parameters, and a margin.

    Attributes:
        along: Where on the line.
        objective: Scaled to nats, by pair, its least value as 0.
        probability: Minus the log probability, by pair, likewise.
        spread: By pair, how far objective and probability are from a constant apart.
        data: Two separable classes.
        theirs: Weights and bias of scikit-learn's hard-margin separator.
        ours: The same by the hinge loss with a small penalty.
    """

    along: Float[np.ndarray, " points"]
    objective: Mapping[str, Float[np.ndarray, " points"]]
    probability: Mapping[str, Float[np.ndarray, " points"]]
    spread: Mapping[str, float]
    data: Dataset
    theirs: Float[np.ndarray, " 3"]
    ours: Float[np.ndarray, " 3"]

    @property
    def margins(self) -> tuple[float, float]:
        """Distance of the nearest row to each separator, ours first."""
        sign = 2 * self.data.y - 1
        return tuple(  # type: ignore[return-value]
            float(np.min(sign * (self.data.x @ w[:2] + w[2])) / np.hypot(*w[:2]))
            for w in (self.ours, self.theirs)
        )

    @property
    def holds(self) -> bool:
        """The pairs differ by a constant, and the margin is nearly the largest there is."""
        ours, theirs = self.margins
        return (
            all(s <= EQUAL for s in self.spread.values())
            and 0.97 * theirs <= ours <= 1.001 * theirs
        )

    @property
    def figures(self) -> Mapping[str, str]:
        """Spreads and margins."""
        ours, theirs = self.margins
        same = {f"{pair}: apart but for a constant": f"{s:.1e}" for pair, s in self.spread.items()}
        return same | {"margin by hinge loss": f"{ours:.4f}", "largest margin": f"{theirs:.4f}"}


def compute(budget: Budget, seed: int) -> Estimates:
    """Walk a line through the parameters in float64, and separate two classes."""
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (ROWS, 2))
    value = (x @ [1.0, -2.0] + 0.5 + random.normal(0, SIGMA, ROWS))[:, None]
    label = (random.random(ROWS) < expit(x @ [2.0, 1.0])).astype(np.int64)
    along = np.linspace(-3, 3, 61)
    begin, direction = random.normal(0, 1, (2, 3))
    line = begin + along[:, None] * direction
    penalty = SIGMA**2 / (ROWS * TAU**2)
    networks = {
        PAIRS[0]: (MLP((2, 1), loss="half_squared_error"), value, ROWS / SIGMA**2),
        PAIRS[1]: (MLP((2, 1), loss="half_squared_error", l2=penalty), value, ROWS / SIGMA**2),
        PAIRS[2]: (MLP((2, 1), loss="binary_cross_entropy"), label, ROWS),
    }
    with jax.enable_x64(True):
        ours = {
            pair: np.array([_loss(mlp, theta, x, y) for theta in line]) * scale
            for pair, (mlp, y, scale) in networks.items()
        }
    u = line[:, :2] @ x.T + line[:, 2:]
    gaussian = -stats.norm.logpdf(value[:, 0], u, SIGMA).sum(1)
    prior = -stats.norm.logpdf(line[:, :2], 0, TAU).sum(1)
    bernoulli = -stats.bernoulli.logpmf(label, expit(u)).sum(1)
    probability = dict(zip(PAIRS, (gaussian, gaussian + prior, bernoulli), strict=True))
    spread = {p: np.ptp(ours[p] - probability[p]) / np.ptp(probability[p]) for p in PAIRS}
    ours, probability = ({p: v - v.min() for p, v in each.items()} for each in (ours, probability))
    data = gaussians(80, noise=0.0, seed=seed)
    gap = _separable(data)
    theirs, hinge = _separators(gap, budget.of(8000, 4000))
    return Estimates(along, ours, probability, spread, gap, theirs, hinge)


def _loss(mlp: MLP, theta: Float[np.ndarray, " 3"], x: np.ndarray, y: np.ndarray) -> float:
    params = (Dense(jnp.asarray(theta[:2, None]), jnp.asarray(theta[2:])),)
    return float(mlp.loss(params, jnp.asarray(x), jnp.asarray(y)))


def _separable(data: Dataset) -> Dataset:
    """Return the rows a little away from the line between the two blobs."""
    side = data.x.sum(axis=1) * (2 * data.y - 1)
    return data.select(side > 0.25)


def _separators(
    data: Dataset, steps: int
) -> tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]]:
    """Return scikit-learn's separator of largest margin, and that of the hinge loss."""
    from sklearn.svm import SVC

    svc = SVC(kernel="linear", C=1e6).fit(data.x, data.y)
    theirs = np.append(svc.coef_[0], svc.intercept_)
    mlp = MLP((2, 1), loss="hinge", l2=1e-3)
    optimizer = optax.adam(optax.cosine_decay_schedule(0.05, steps))
    begin = (Dense(jnp.ones((2, 1)), jnp.zeros(1)),)
    x, y = jnp.asarray(data.x), jnp.asarray(data.y)
    (layer,) = jax.jit(lambda p: descend(mlp, optimizer, p, x, y, steps).params)(begin)
    return theirs, np.append(np.asarray(layer.weight), np.asarray(layer.bias)).astype(np.float64)


def draw(found: Estimates) -> Figure:
    """Return the three pairs of curves, and the margin."""
    with style.styled():
        figure = style.canvas(9.2, 7.6)
        figure.suptitle("What each objective estimates", weight="bold")
        grid = figure.subplots(2, 2).ravel()
        for axes, pair in zip(grid[:3], PAIRS, strict=True):
            axes.plot(found.along, found.objective[pair], label="objective", **style.HAND)
            axes.plot(
                found.along, found.probability[pair], label="-ln probability", **style.AUTODIFF
            )
            axes.set(xlabel="place on a line through θ", ylabel="above its least [nats]")
            axes.set_title(pair)
            axes.legend()
        _draw_margin(grid[3], found)
    return figure


def _draw_margin(axes: Axes, found: Estimates) -> None:
    for label, marker, fill in ((0, "o", "white"), (1, "s", "#b8450a")):
        rows = found.data.x[found.data.y == label]
        dots = axes.scatter(rows[:, 0], rows[:, 1], s=22, marker=marker, c=fill)
        dots.set(edgecolors="#1a1a1a", linewidths=0.8)
    across = np.array([-1.1, 1.1])
    for w, name, line in ((found.theirs, "largest margin", "-"), (found.ours, "hinge loss", "--")):
        colour = "#5aa9dc" if line == "-" else style.INK
        wide = 3.2 if line == "-" else 1.4
        for level in (-1, 0, 1):
            up = (level - w[2] - w[0] * across) / w[1]
            width, shown = (wide / 2, "_rim") if level else (wide, name)
            axes.plot(across, up, line, color=colour, linewidth=width, label=shown)
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="first feature", ylabel="second feature")
    axes.set_aspect("equal")
    axes.set_title("Hinge loss: the large margin")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


SYSTEM = System(
    name="estimates",
    entries=("S1-6",),
    title="What each objective estimates",
    claim="Squared error, the same with L2, and cross-entropy are minus the logarithms of SciPy's "
    "Gaussian, posterior and Bernoulli probabilities, but for a constant; hinge with a small "
    "penalty finds the largest margin.",
    compute=compute,
    draw=draw,
)
