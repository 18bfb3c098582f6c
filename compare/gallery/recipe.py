"""The recipe in five lines: describe, choose the optimizer, choose the loss, fit, test and use.

Source: L2, "Keras recipe".
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import optax
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import TrainResult, evaluate, train
from functional_nn import MLP
from functional_nn.datasets import Splits, load


@dataclass(frozen=True, eq=False)
class Followed:
    """What the recipe gives.

    Attributes:
        run: The training.
        accuracy: On the test part.
        said: What the network says of the first test rows.
        data: What it learnt from.
    """

    run: TrainResult
    accuracy: float
    said: np.ndarray
    data: Splits

    @property
    def holds(self) -> bool:
        """It is five statements, and they make a good classifier."""
        return len(statements()) == 5 and self.accuracy > 0.93

    @property
    def figures(self) -> Mapping[str, str]:
        """The five lines, and the accuracy."""
        lines = {f"line {n}": line for n, line in enumerate(statements(), start=1)}
        return lines | {"test accuracy": f"{self.accuracy:.1%}"}


# fmt: off
def recipe(data: Splits, epochs: int, seed: int) -> tuple[TrainResult, float]:
    """Follow the recipe."""
    mlp = MLP((data.train.n_features, 32, data.train.n_targets), activations="relu")
    optimizer = optax.adam(3e-3)
    mlp = mlp.replace(loss="softmax_cross_entropy")
    run = train(mlp, optimizer, data, epochs=epochs, seed=seed)
    return run, evaluate(mlp, run.params, data.test).accuracy
# fmt: on


def statements() -> list[str]:
    """Return the lines of the recipe as they stand in the source."""
    source = inspect.getsource(recipe).split('"""')[2]
    return [line.strip() for line in source.splitlines() if line.strip()]


def compute(budget: Budget, seed: int) -> Followed:
    """Follow the recipe on handwritten digits."""
    data = load(budget.data, seed=seed)
    run, accuracy = recipe(data, budget.of(30, 10), seed)
    said = run.mlp.predict(run.params, jnp.asarray(data.test.x[:12]))
    return Followed(run, accuracy, np.asarray(said), data)


def draw(found: Followed) -> Figure:
    """Return how the fit went, and the net in use."""
    with style.styled():
        figure = style.canvas(9.4, 4.0)
        left, right = figure.subfigures(1, 2, squeeze=False)[0]
        axes, history = left.subplots(), found.run.history
        for position, (name, losses) in enumerate(
            (("training", history.loss), ("validation", history.validation_loss))
        ):
            axes.plot(history.epoch, losses, label=name, **style.series(position, len(losses)))
        axes.set(yscale="log", xlabel="epoch", ylabel="loss [nats]", title="Fit")
        style.whole_ticks(axes)
        axes.legend()
        test = found.data.test
        for number, cell in enumerate(right.subplots(3, 4).flat):
            cell.imshow(test.x[number].reshape(test.image_shape or (1, -1)), cmap="Greys")
            right_one = int(test.y[number]) == int(found.said[number])
            cell.set_title(f"{found.said[number]}{'' if right_one else ' ✗'}", loc="center")
            cell.set_axis_off()
        right.suptitle(f"Use: what it says; {found.accuracy:.1%} of the test part right")
    return figure


SYSTEM = System(
    name="recipe",
    entries=("S2-8",),
    title="The recipe in five lines",
    claim="Describe, choose an optimizer, choose a loss, fit, test: five statements train a "
    "classifier of handwritten digits that is right on more than 93 in 100.",
    compute=compute,
    draw=draw,
)
