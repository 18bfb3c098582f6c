"""One algorithm in two notations: the five-step loops of L0 and of L2, each as it is printed.

    L0    x^l = σ(W^lᵀ x^{l-1} + b^l),  W[i, j] from i to j;   g = ∂L/∂x, after the nonlinearity
    L2    z_j = Σ_i w_ji u_i,           w[j, i] into j from i; δ = ∂L/∂z, before it

L2 has no biases: its layers get an input u_0 = 1 instead, whose weight is the bias. The last layer
is linear in both, the loss 1/2 (z_O - y)². One sample at a time; a batch takes the mean.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense, Params
from functional_nn.activations import sigmoid
from manual_backprop import value_and_grad

#: ``(params, x, y) -> (loss, grads)``.
Gradient: TypeAlias = Callable[[Params, Array, Array], tuple[Array, Params]]

MLP_OF_BOTH = MLP((1, 8, 1), activations="sigmoid", loss="half_squared_error")
RATE, ROWS, BATCH = 0.3, 64, 16
#: Of parameters, all through the run, in float64.
EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Notations:
    """Three runs on the same batches.

    Attributes:
        loss: Of each batch, by whose equations.
        apart: Largest difference of a parameter from the library's, after each step.
    """

    loss: Mapping[str, Float[np.ndarray, " steps"]]
    apart: Mapping[str, Float[np.ndarray, " steps"]]

    @property
    def holds(self) -> bool:
        """They stay together, and converge."""
        together = all((apart <= EQUAL).all() for apart in self.apart.values())
        first, last = (
            self.loss["library"][part].mean() for part in (slice(0, 20), slice(-20, None))
        )
        return together and bool(last < first / 5)

    @property
    def figures(self) -> Mapping[str, str]:
        """How far they part."""
        loss = self.loss["library"]
        fell = f"{loss[:20].mean():.3g} to {loss[-20:].mean():.3g}"
        parted = {
            f"{name} from the library": f"{apart.max():.1e}" for name, apart in self.apart.items()
        }
        return {"steps": str(len(loss)), "loss": fell, **parted}


def lecture_0(params: Params, x: Array, y: Array) -> tuple[Array, Params]:
    """Return loss and gradient of one sample, steps 2 to 4 of L0."""
    (W1, b1), (W2, b2) = params
    z1 = W1.T @ x + b1  # 2. forward
    x1 = sigmoid(z1)
    x2 = W2.T @ x1 + b2
    g2 = x2 - y  # 3. backward: g^L = ∂L/∂x^L
    g1 = W2 @ (jnp.ones_like(x2) * g2)  # g^l = W^{l+1} (σ'_{l+1} ∘ g^{l+1}), σ_2' = 1
    slope = x1 * (1 - x1)
    dW2, db2 = jnp.outer(x1, g2), g2  # 4. the weights' gradient: x (σ'(z) ∘ g)ᵀ
    dW1, db1 = jnp.outer(x, slope * g1), slope * g1
    return jnp.sum((x2 - y) ** 2) / 2, (Dense(dW1, db1), Dense(dW2, db2))


def lecture_2(params: Params, x: Array, y: Array) -> tuple[Array, Params]:
    """Return loss and gradient of one sample, steps 1 to 4 of L2."""
    (W1, b1), (W2, b2) = params
    w1, w2 = (jnp.column_stack([b, W.T]) for W, b in ((W1, b1), (W2, b2)))  # w[j, i], w[j, 0]: bias
    u0 = jnp.append(jnp.ones(1, x.dtype), x)
    z = w1 @ u0  # 1. z_j = Σ_i w_ji u_i
    u = jnp.append(jnp.ones(1, x.dtype), sigmoid(z))
    z_O = w2 @ u
    delta_O = -(y - z_O)  # 2. output units
    delta = sigmoid(z) * (1 - sigmoid(z)) * (w2[:, 1:].T @ delta_O)  # 3. g'(z_j) Σ_k w_kj δ_k
    dw1, dw2 = jnp.outer(delta, u0), jnp.outer(delta_O, u)  # 4. ∂L/∂w_ji = δ_j u_i
    grads = tuple(Dense(dw[:, 1:].T, dw[:, 0]) for dw in (dw1, dw2))
    return jnp.sum((y - z_O) ** 2) / 2, grads


def compute(budget: Budget, seed: int) -> Notations:
    """Train with both, and with the library, on the same batches of a sine in float64."""
    with jax.enable_x64(True):
        x = jnp.linspace(-1, 1, ROWS)[:, None]
        y = jnp.sin(3 * x)
        begin = MLP_OF_BOTH.init(key(seed, 0), jnp.float64)
        picks = jax.random.randint(key(seed, 1), (budget.of(4000, 1500), BATCH), 0, ROWS)
        ways = {
            "L0": _mean_of(lecture_0),
            "L2": _mean_of(lecture_2),
            "library": value_and_grad(MLP_OF_BOTH),
        }
        runs = {name: _run(way, begin, x, y, picks) for name, way in ways.items()}
    loss, paths = ({name: run[part] for name, run in runs.items()} for part in (0, 1))
    ours = paths.pop("library")
    return Notations(loss, {name: np.abs(path - ours).max(1) for name, path in paths.items()})


def _mean_of(one_sample: Gradient) -> Gradient:
    """Return the same of a batch: the mean over its samples."""

    def of_batch(params: Params, x: Array, y: Array) -> tuple[Array, Params]:
        found = jax.vmap(one_sample, (None, 0, 0))(params, x, y)
        mean: tuple[Array, Params] = jax.tree.map(lambda rows: jnp.mean(rows, axis=0), found)
        return mean

    return of_batch


def _run(
    gradient: Gradient, begin: Params, x: Array, y: Array, picks: Array
) -> tuple[Float[np.ndarray, " steps"], Float[np.ndarray, "steps parameters"]]:
    """Return the loss of every batch, and the parameters after it, in a row."""

    def step(params: Params, pick: Array) -> tuple[Params, tuple[Array, Array]]:
        loss, grads = gradient(params, x[pick], y[pick])
        params = jax.tree.map(lambda w, dw: w - RATE * dw, params, grads)  # 5. update
        return params, (loss, jnp.concatenate([jnp.ravel(w) for w in jax.tree.leaves(params)]))

    _, (loss, path) = jax.jit(lambda params: lax.scan(step, params, picks))(begin)
    return np.asarray(loss), np.asarray(path)


def draw(found: Notations) -> Figure:
    """Return the loss of all three, and how far they part."""
    with style.styled():
        figure = style.canvas(9.4, 3.9)
        left, right = figure.subplots(1, 2)
        window = max(1, len(found.loss["library"]) // 100)
        dashes = {"L0": "-", "L2": "--", "library": ":"}
        for position, (name, loss) in enumerate(found.loss.items()):
            means = loss[: len(loss) // window * window].reshape(-1, window).mean(1)
            at = (np.arange(len(means)) + 0.5) * window
            line = {**style.series(position, len(at)), "linestyle": dashes[name]}
            left.plot(at, means, label=name, linewidth=3.2 - position, **line)
        for position, (name, apart) in enumerate(found.apart.items()):
            line = {**style.series(position, len(apart)), "linestyle": dashes[name]}
            steps = np.arange(1, len(apart) + 1)
            right.plot(steps, np.where(apart > 0, apart, np.nan), label=name, **line)
        right.axhline(EQUAL, color=style.INK, linestyle=":", label="allowed")
        left.set(yscale="log", xlabel="step", ylabel=f"loss, mean of {window} batches")
        left.set_title("The loss, by whose equations")
        right.set(yscale="log", xlabel="step", ylabel="largest difference of a parameter")
        right.set_title("Difference from the library's run, in float64")
        left.legend()
        right.legend()
    return figure


SYSTEM = System(
    name="notations",
    entries=("S0-3", "S2-1"),
    title="The five steps, in two notations",
    claim="The training loops of L0 (g = dL/dx, W[i, j]) and of L2 (delta = dL/dz, w[j, i]) are "
    "one algorithm: on the same batches their parameters stay within 1e-12 until convergence.",
    compute=compute,
    draw=draw,
)
