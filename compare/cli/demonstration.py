"""What ``handgrad demo`` measures, on handwritten digits; it prints nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import optax

from compare.agreement import check_gradient
from compare.mistakes import mistakes
from compare.pages.reading import Reading, read
from compare.report import Report
from compare.training import TrainResult, train
from compare.training.lockstep import LockstepResult, lockstep
from functional_nn import MLP, Params
from functional_nn.datasets import Splits, load
from manual_backprop import grad_and_deltas

MISTAKE, LAYER = mistakes["square-forgotten"], 2
ROWS = 32  # of a batch, and of the comparisons
EPOCHS = 60
STEPS = 200
LEARNING_RATE = 3e-3
WANTED = 0.97


@dataclass(frozen=True, eq=False)
class Subject:
    """What everything is shown on.

    Attributes:
        data: Handwritten digits, in three parts.
        mlp: A network with two hidden layers of different kinds, and a penalty.
        params: Its initial parameters.
        optimizer: Adam, its learning rate falling to 0.
        seed: Of all that is drawn.
    """

    data: Splits
    mlp: MLP
    params: Params
    optimizer: optax.GradientTransformation
    seed: int


@dataclass(frozen=True, eq=False)
class Demonstration:
    """What came out.

    Attributes:
        agreement: Of the hand-derived gradients with autodiff.
        caught: What the comparison says of the derivation with the mistake.
        runs: Training, by gradient.
        lockstep: Both gradients on the same batches in float64.
        reading: What the network trained by hand says of the test part.
    """

    agreement: Report
    caught: Report
    runs: Mapping[str, TrainResult]
    lockstep: LockstepResult
    reading: Reading

    @property
    def placed(self) -> bool:
        """Whether the mistake was caught and the first wrong node is the one that it spoils."""
        first = self.caught.first_wrong
        return first is not None and first.name.endswith(MISTAKE.node(LAYER))

    @property
    def trained(self) -> bool:
        """Whether both gradients train to one accuracy, to a row, and a good one."""
        by_hand, by_autodiff = (run.test_accuracy for run in self.runs.values())
        one_row = 1.5 / self.reading.rows
        return min(by_hand, by_autodiff) >= WANTED and abs(by_hand - by_autodiff) < one_row

    @property
    def good(self) -> bool:
        """Whether everything went as it should."""
        return self.agreement.agrees and self.placed and self.trained and self.lockstep.together


def subject(seed: int) -> Subject:
    """Return data, network and optimizer."""
    data = load("digits", seed=seed)
    mlp = MLP((64, 64, 32, 10), activations=("relu", "tanh"), l2=1e-3)
    steps = EPOCHS * (len(data.train) // ROWS)
    optimizer = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, steps))
    return Subject(data, mlp, mlp.init(jax.random.key(seed)), optimizer, seed)


def agreement(on: Subject) -> Report:
    """Compare the hand-derived gradients with autodiff, deltas included."""
    return _check(on, grad_and_deltas(on.mlp))


def caught(on: Subject) -> Report:
    """Compare a derivation that has a mistake in it."""
    return _check(on, MISTAKE.plant(on.mlp, LAYER))


def run(on: Subject, gradient: str, progress: bool) -> TrainResult:
    """Train with one of the gradients."""
    return train(
        on.mlp, on.optimizer, on.data, gradient=gradient, epochs=EPOCHS, batch_size=ROWS,
        seed=on.seed, progress=progress,
    )  # fmt: skip


def together(on: Subject) -> LockstepResult:
    """Train with both gradients at once, on the same batches, in float64."""
    return lockstep(
        on.mlp, on.optimizer, on.data, steps=STEPS, batch_size=ROWS, seed=on.seed, dtype="float64"
    )


def what_it_says(on: Subject, trained: TrainResult) -> Reading:
    """Ask the trained network what it says of the test part."""
    return read(on.mlp, trained.params, on.data.test)


def _check(on: Subject, derivation: Callable[..., Any]) -> Report:
    x, y = on.data.train.x[:ROWS], on.data.train.y[:ROWS]
    inputs = (on.params, jax.numpy.asarray(x), jax.numpy.asarray(y))
    return check_gradient(on.mlp.loss, derivation, *inputs, seed=on.seed)
