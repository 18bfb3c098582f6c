"""A training job, complete and checked before any work is done."""

from dataclasses import dataclass

import optax

from compare.cli.settings import Settings
from functional_nn import MLP
from functional_nn.datasets import Splits


@dataclass(frozen=True, eq=False)
class Job:
    """What is trained, on what, and how.

    Attributes:
        settings: As they were asked for.
        data: In three parts.
        mlp: The network.
        optimizer: With its learning rate and schedule.
        learning_rate: At its highest.
        gradients: The engines to train with.
        batch: Rows of a step.
        epochs: Times through the data.
    """

    settings: Settings
    data: Splits
    mlp: MLP
    optimizer: optax.GradientTransformation
    learning_rate: float
    gradients: tuple[str, ...]
    batch: int
    epochs: int
