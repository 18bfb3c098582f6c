"""A different activation in each layer: f = W5 σ(W4 tanh(W3 max(0, W2 max(0, W1 x)))).

Source: L3, "a nesting of functions".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import train
from functional_nn import MLP, Params
from functional_nn.activations import activations
from functional_nn.datasets import load
from manual_backprop import value_and_grad

NET = MLP((64, 48, 40, 32, 24, 10), activations=("relu", "relu", "tanh", "sigmoid"))
EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Mixed:
    """The five-layer net of the lecture.

    Attributes:
        worst: Largest difference of the gradients by hand and by autodiff, of a leaf's largest.
        printed: Largest difference of the net's output from the nesting as printed.
        accuracy: On the test part.
        outputs: Of every hidden layer on the test rows, after training.
    """

    worst: float
    printed: float
    accuracy: float
    outputs: Mapping[str, Float[np.ndarray, " numbers"]]

    @property
    def holds(self) -> bool:
        """It is the nesting, its gradient is right, and it learns."""
        return self.worst <= EQUAL and self.printed <= 1e-12 and self.accuracy > 0.9

    @property
    def figures(self) -> Mapping[str, str]:
        """The errors and the accuracy."""
        return {
            "net - the nesting as printed": f"{self.printed:.1e}",
            "hand - autodiff, worst leaf": f"{self.worst:.1e}",
            "test accuracy": f"{self.accuracy:.1%}",
        }


def nesting(params: Params, x: jax.Array) -> jax.Array:
    """Return f of every row as L3 prints it; its W is our transpose, and it has no biases."""
    W1, W2, W3, W4, W5 = (layer.weight.T for layer in params)
    u = W3 @ jnp.maximum(0, W2 @ jnp.maximum(0, W1 @ x.T))
    f: jax.Array = W5 @ (1 / (1 + jnp.exp(-(W4 @ jnp.tanh(u)))))
    return f.T


def compute(budget: Budget, seed: int) -> Mixed:
    """Compare at the beginning, train, and look into the layers."""
    data = load("digits", seed=seed)
    with jax.enable_x64(True):
        params = jax.jit(partial(NET.init, dtype=jnp.float64))(key(seed, 0))  # biases are 0 here
        x, y = jnp.asarray(data.train.x[:16], jnp.float64), jnp.asarray(data.train.y[:16])
        printed = float(jnp.abs(nesting(params, x) - jax.jit(NET.apply)(params, x)).max())
        _, by_hand = jax.jit(value_and_grad(NET))(params, x, y)
        by_autodiff = jax.jit(jax.grad(NET.loss))(params, x, y)
        pairs = zip(jax.tree.leaves(by_hand), jax.tree.leaves(by_autodiff), strict=True)
        worst = max(float(jnp.abs(a - b).max() / jnp.abs(b).max()) for a, b in pairs)
    run = train(NET, optax.adam(3e-3), data, epochs=budget.of(25, 12), seed=seed)
    outputs, u = {}, jnp.asarray(data.test.x)
    for number, (layer, curve) in enumerate(zip(run.params, NET.activations, strict=False), 1):
        u = activations[curve](u @ layer.weight + layer.bias[None, :])
        outputs[f"layer {number}, {curve}"] = np.asarray(u, np.float64).ravel()
    return Mixed(worst, printed, run.test_accuracy, outputs)


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
