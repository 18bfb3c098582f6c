"""A different activation in each layer: f = W5 σ(W4 tanh(W3 max(0, W2 max(0, W1 x)))).

Source: L3, "a nesting of functions".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.agreement import check_gradient
from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import train
from functional_nn import MLP, Params
from functional_nn.activations import activations
from functional_nn.datasets import load
from manual_backprop import grad_and_deltas

NET = MLP((64, 48, 40, 32, 24, 10), activations=("relu", "relu", "tanh", "sigmoid"))
EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Mixed:
    """The five-layer net of the lecture.

    Attributes:
        agrees: Whether the hand-derived gradient agrees with autodiff in every node.
        worst: Largest error of a node's formula.
        printed: Largest difference of the net's output from the nesting as printed.
        accuracy: On the test part.
        outputs: Of every hidden layer on the test rows, after training.
    """

    agrees: bool
    worst: float
    printed: float
    accuracy: float
    outputs: Mapping[str, Float[np.ndarray, " numbers"]]

    @property
    def holds(self) -> bool:
        """It is the nesting, its gradient is right, and it learns."""
        return self.agrees and self.worst <= EQUAL and self.printed <= 1e-12 and self.accuracy > 0.9

    @property
    def figures(self) -> Mapping[str, str]:
        """The errors and the accuracy."""
        return {
            "net - the nesting as printed": f"{self.printed:.1e}",
            "hand - autodiff, worst node": f"{self.worst:.1e}",
            "test accuracy": f"{self.accuracy:.1%}",
        }


def nesting(params: Params, x: jax.Array) -> jax.Array:
    """Return f of every row as L3 prints it; its W is our transpose, and it has no biases."""
    W1, W2, W3, W4, W5 = (layer.weight.T for layer in params)
    relu = lambda z: jnp.maximum(0, z)  # noqa: E731
    sigma = lambda z: 1 / (1 + jnp.exp(-z))  # noqa: E731
    return (W5 @ sigma(W4 @ jnp.tanh(W3 @ relu(W2 @ relu(W1 @ x.T))))).T


def compute(budget: Budget, seed: int) -> Mixed:
    """Compare at the beginning, train, and look into the layers."""
    data = load("digits", seed=seed)
    begin = NET.init(jax.random.key(seed))  # biases are 0 here
    rows, labels = jnp.asarray(data.train.x[:16]), jnp.asarray(data.train.y[:16])
    report = check_gradient(NET.loss, grad_and_deltas(NET), begin, rows, labels, seed=seed)
    with jax.enable_x64(True):
        params = NET.init(jax.random.key(seed), jnp.float64)
        x = jnp.asarray(data.train.x[:16], jnp.float64)
        printed = float(jnp.abs(nesting(params, x) - NET.apply(params, x)).max())
    run = train(NET, optax.adam(3e-3), data, epochs=budget.of(40, 15), seed=seed)
    outputs, u = {}, jnp.asarray(data.test.x)
    for number, (layer, curve) in enumerate(zip(run.params, NET.activations, strict=False), 1):
        u = activations[curve](u @ layer.weight + layer.bias[None, :])
        outputs[f"layer {number}, {curve}"] = np.asarray(u, np.float64).ravel()
    worst = max(node.formula_error for node in report.nodes)
    return Mixed(report.agrees, worst, printed, run.test_accuracy, outputs)


def draw(found: Mixed) -> Figure:
    """Return how the outputs of every layer are spread."""
    with style.styled():
        figure = style.canvas(10.0, 3.6)
        panels = figure.subplots(1, 4, sharey=True)
        for axes, (name, outputs) in zip(panels, found.outputs.items(), strict=True):
            share = np.full(len(outputs), 100 / len(outputs))
            axes.hist(
                outputs, 24, weights=share, color="#9cc3de", edgecolor=style.INK, linewidth=0.6
            )
            axes.set(xlabel="output u", title=name.capitalize())
        panels[0].set_ylabel("share of the outputs [%]")
        figure.suptitle(
            f"Four activations in one net, test rows; {found.accuracy:.1%} right", weight="bold"
        )
    return figure


SYSTEM = System(
    name="mixed",
    entries=("S3-1",),
    title="A different activation in each layer",
    claim="The net W5 sigma(W4 tanh(W3 max(0, W2 max(0, W1 x)))) is one description with four "
    "names in it; its hand-derived gradient agrees with autodiff and it learns the digits.",
    compute=compute,
    draw=draw,
)
