"""The exercise: zeros and ones, gradients by backpropagation, accuracy on the test set.

On MNIST where its files are given (``handgrad gallery zeros-and-ones --data FOLDER``), else on the
digits that come with scikit-learn. ``examples/zeros_and_ones.py`` is the same as a script.

Source: L3, "Exercises".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Float
from matplotlib.figure import Figure

from compare.gallery.system import Budget, System
from compare.pictures import style
from compare.training import TrainResult, train
from functional_nn import MLP
from functional_nn.datasets import Dataset, load


@dataclass(frozen=True, eq=False)
class ZerosAndOnes:
    """The trained net and what it says.

    Attributes:
        name: Of the data.
        runs: With the hand-derived gradient and with autodiff.
        test: The rows that were kept back.
        p: Of a one, on these.
    """

    name: str
    runs: Mapping[str, TrainResult]
    test: Dataset
    p: Float[np.ndarray, " rows"]

    @property
    def holds(self) -> bool:
        """Nearly all are right, by hand as by autodiff."""
        by_hand, by_autodiff = (run.test_accuracy for run in self.runs.values())
        return by_hand > 0.97 and abs(by_hand - by_autodiff) <= 1.5 / len(self.test)

    @property
    def figures(self) -> Mapping[str, str]:
        """The accuracies."""
        wrong = int(np.sum((self.p >= 0.5) != (self.test.y == 1)))
        tested = {
            f"test accuracy, {name}": f"{run.test_accuracy:.2%}" for name, run in self.runs.items()
        }
        return {"data": self.name, "test rows": str(len(self.test)), **tested, "wrong": str(wrong)}


def compute(budget: Budget, seed: int) -> ZerosAndOnes:
    """Train with both gradients."""
    data = load(budget.data, classes=(0, 1), seed=seed)
    mlp = MLP((data.train.n_features, 16, 1), activations="tanh", loss="binary_cross_entropy")
    batch = 16 if len(data.train) < 2000 else 128
    runs = {
        gradient: train(
            mlp, optax.adam(3e-3), data, gradient=gradient, epochs=budget.of(15, 8),
            batch_size=batch, seed=seed,
        )
        for gradient in ("manual", "autodiff")
    }  # fmt: skip
    x = jnp.asarray(data.test.x)
    p = np.asarray(mlp.replace(output="sigmoid").apply(runs["manual"].params, x), np.float64)
    return ZerosAndOnes(data.train.name, runs, data.test, p[:, 0])


def draw(found: ZerosAndOnes) -> Figure:
    """Return the loss, and the least certain test pictures."""
    with style.styled():
        figure = style.canvas(9.4, 4.2)
        left, right = figure.subfigures(1, 2, squeeze=False)[0]
        axes = left.subplots()
        for name, run in found.runs.items():
            label = "by hand" if name == "manual" else name
            axes.plot(run.history.epoch, run.history.loss, label=label, **style.engine(name))
        axes.set(yscale="log", xlabel="epoch", ylabel="loss [nats]", title="Training set")
        style.whole_ticks(axes)
        axes.legend()
        doubtful = np.argsort(np.abs(found.p - 0.5))[:12]
        shape = found.test.image_shape or (1, found.test.n_features)
        for cell, row in zip(right.subplots(3, 4).flat, doubtful, strict=True):
            cell.imshow(found.test.x[row].reshape(shape), cmap="Greys")
            wrong = (found.p[row] >= 0.5) != (found.test.y[row] == 1)
            cell.set_title(f"p {found.p[row]:.3f}{' ✗' * bool(wrong)}", loc="center", fontsize=9)
            cell.set_axis_off()
        share = f"{found.runs['manual'].test_accuracy:.2%}"
        right.suptitle(f"Test set {share} right; least certain of p(1)")
    return figure


SYSTEM = System(
    name="zeros-and-ones",
    entries=("S3-4",),
    title="The exercise: zeros and ones",
    claim="A net trained with gradients by backpropagation tells zeros from ones in more than 97 "
    "of 100 pictures that it has not seen, as many as with autodiff.",
    compute=compute,
    draw=draw,
)
