"""Linear and logistic regression by gradient ascent on the log-likelihood: nets of one layer.

The 10-601B lecture maximises J, a log-likelihood, where the others minimise a loss. One layer with
a linear output and half squared error is linear regression (J of a Gaussian, but for a constant);
one with a sigmoid and cross-entropy is logistic regression. Their gradient is -1 times ours.

Equations:
    θ ← θ + η ∂J/∂θ,   J = 1/N Σ_n ln p(y_n | x_n, θ)
    ŷ = argmax_y p(y | x, θ)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Float
from matplotlib.figure import Figure
from scipy.special import expit

from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import MLP, Dense, Params
from manual_backprop import value_and_grad

LINEAR = MLP((2, 1), loss="half_squared_error")
LOGISTIC = MLP((2, 1), loss="binary_cross_entropy")
RATE, ROWS = 1.0, 300
#: Of the distance to scikit-learn's coefficients, which iterates in float64 too.
NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Regressions:
    """Both regressions.

    Attributes:
        likelihood: J before each step, in nats a row, by regression.
        distance: Of the coefficients to scikit-learn's, after each step.
        same_class: Whether argmax says what scikit-learn predicts, on every row.
        one_layer: Largest difference of the net's probability from 1/(1 + e^-θᵀx).
    """

    likelihood: Mapping[str, Float[np.ndarray, " steps"]]
    distance: Mapping[str, Float[np.ndarray, " steps"]]
    same_class: bool
    one_layer: float

    @property
    def holds(self) -> bool:
        """Both end at scikit-learn's, rising all the way."""
        near = all(far[-1] <= NEAR for far in self.distance.values())
        rising = all((np.diff(J) >= -1e-12).all() for J in self.likelihood.values())
        return near and rising and self.same_class and self.one_layer <= 1e-15

    @property
    def figures(self) -> Mapping[str, str]:
        """The distances."""
        ends = {
            f"{name}: from scikit-learn's coefficients": f"{far[-1]:.1e}"
            for name, far in self.distance.items()
        }
        same = "equal on every row" if self.same_class else "different"
        net = f"{self.one_layer:.1e}"
        return ends | {"argmax prediction": same, "net - 1/(1 + exp(-θx)), largest": net}


def compute(budget: Budget, seed: int) -> Regressions:
    """Climb both likelihoods in float64."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (ROWS, 2)) * [1.0, 0.7]
    score = x @ [1.2, -0.8] + 0.5
    value, label = score + random.normal(0, 0.6, ROWS), random.random(ROWS) < expit(score)
    label = label.astype(np.int64)
    linear = LinearRegression().fit(x, value)
    logistic = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12).fit(x, label)
    steps = budget.of(1200, 600)
    with jax.enable_x64(True):
        J1, path1, _ = ascend(LINEAR, x, value, steps)
        J2, path2, end = ascend(LOGISTIC, x, label, steps)
        p = np.asarray(LOGISTIC.replace(output="sigmoid").apply(end, jnp.asarray(x)))[:, 0]
        said = np.asarray(LOGISTIC.predict(end, jnp.asarray(x)))
    theta = path2[-1]
    return Regressions(
        {"linear": J1, "logistic": J2},
        {"linear": _distance(path1, linear), "logistic": _distance(path2, logistic)},
        bool((said == logistic.predict(x)).all()),
        float(np.abs(p - 1 / (1 + np.exp(-(x @ theta[:2] + theta[2])))).max()),
    )


def ascend(
    mlp: MLP, x: Float[np.ndarray, "rows 2"], y: np.ndarray, steps: int
) -> tuple[Float[np.ndarray, " steps"], Float[np.ndarray, "steps 3"], Params]:
    """Return J before each step, θ after it, and the parameters at the end."""
    likelihood = _likelihood(mlp, jnp.asarray(x), jnp.asarray(y))

    def step(theta: Params, _: None) -> tuple[Params, tuple[jax.Array, jax.Array]]:
        J, dJ = likelihood(theta)
        theta = jax.tree.map(lambda t, d: t + RATE * d, theta, dJ)
        (layer,) = theta
        return theta, (J, jnp.append(layer.weight, layer.bias))

    begin: Params = (Dense(jnp.zeros((2, 1), jnp.float64), jnp.zeros(1, jnp.float64)),)
    end, (J, path) = lax.scan(step, begin, None, length=steps)
    return np.asarray(J), np.asarray(path), end


def _likelihood(mlp: MLP, x: jax.Array, y: jax.Array) -> Callable[[Params], tuple[Any, Params]]:
    """Return J and ∂J/∂θ: the loss and its gradient with the other sign."""

    def J_and_gradient(theta: Params) -> tuple[Any, Params]:
        loss, grads = value_and_grad(mlp)(theta, x, y)
        return -loss, jax.tree.map(jnp.negative, grads)

    return J_and_gradient


def _distance(path: Float[np.ndarray, "steps 3"], fitted: Any) -> Float[np.ndarray, " steps"]:
    theirs = np.append(np.ravel(fitted.coef_), fitted.intercept_)
    return np.linalg.norm(path - theirs, axis=1)


def draw(found: Regressions) -> Figure:
    """Return the climb, and the way that is left."""
    with style.styled():
        figure = style.canvas(9.4, 3.9)
        left, right = figure.subplots(1, 2)
        for position, name in enumerate(found.likelihood):
            J, far = found.likelihood[name], found.distance[name]
            line = style.series(position, len(J))
            left.plot(np.arange(1, len(J) + 1), J, label=f"{name} regression", **line)
            right.plot(np.arange(1, len(far) + 1), far, label=f"{name} regression", **line)
        left.set(xscale="log", xlabel="step", ylabel="J [nats a row]")
        left.set_title("The log-likelihood rises")
        right.set(yscale="log", xlabel="step", ylabel="distance of θ")
        right.set_title("Distance to scikit-learn's coefficients")
        left.legend()
        right.legend()
    return figure


SYSTEM = System(
    name="regressions",
    entries=("S0-2", "S1-2"),
    title="Linear and logistic regression by ascent",
    claim="Gradient ascent on the log-likelihood of a one-layer net ends at scikit-learn's "
    "coefficients, for linear and for logistic regression, and argmax says the same classes.",
    compute=compute,
    draw=draw,
)
