"""A training job, complete and checked before any work is done."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax

from compare.agreement import check_gradient
from compare.cli import devices, places
from compare.cli.misuse import LeftAloneError, MisuseError, blaming_input, describe
from compare.cli.settings import Settings, is_large, network_for, splits_for, stream_for
from compare.report import Report
from compare.training import (
    CheckpointError,
    SaveError,
    Stream,
    TrainResult,
    checks,
    engines,
    train,
)  # fmt: skip
from compare.training.contexts import width
from compare.training.optimizers import optimizer_by_name, optimizers, schedules
from compare.training.setup import set_up
from compare.training.together import ElsewhereError, GoneError
from functional_nn import MLP
from functional_nn.datasets import Splits
from functional_nn.names import lookup
from manual_backprop import grad_and_deltas

#: Rows that the two gradients are compared on before training.
PROBE = 16


@dataclass(frozen=True, eq=False)
class Job:
    """What is trained, on what, and how.

    Attributes:
        settings: As they were asked for.
        data: In three parts; of a stream, some of the rows to learn from.
        mlp: The network.
        gradients: The engines to train with.
        optimizer: With its learning rate and schedule.
        rate: The learning rate at its highest.
        options: What ``train`` takes besides.
        stream: Rows to learn from that stay in their files; None where all are in memory.
    """

    settings: Settings
    data: Splits
    mlp: MLP
    gradients: tuple[str, ...]
    optimizer: optax.GradientTransformation
    rate: float
    options: dict[str, Any]
    stream: Stream | None = None

    @property
    def rows(self) -> int:
        """Rows to learn from."""
        return self.stream.total_rows if self.stream else len(self.data.train)

    def compare(self) -> Report:
        """Compare the two gradients at the initial parameters, on the first rows."""
        dtype, seed = checks.floating(self.settings.dtype), self.settings.seed
        rows = self.data.train.select(slice(0, PROBE))
        mlp = checks.in_depth(self.mlp, self.settings.scanned, self.settings.recompute)
        with width(dtype):
            params = mlp.init(jax.random.key(seed), dtype)
            y = rows.y.astype(dtype) if rows.has_values else rows.y
            inputs = (params, jnp.asarray(rows.x, dtype), jnp.asarray(y))
            return check_gradient(mlp.loss, grad_and_deltas(mlp), *inputs, seed=seed)

    def run(self, gradient: str, progress: bool) -> TrainResult:
        """Train with one of the engines.

        Raises:
            MisuseError: If a checkpoint cannot be written, or gone on from.
            LeftAloneError: If another process is gone.
        """
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=".* is damaged and was skipped")
                return train(
                    self.mlp, self.optimizer, self.stream or self.data,
                    gradient=gradient, progress=progress,
                    **self.options, **self._kept(gradient),
                )  # fmt: skip
        except GoneError as error:
            raise LeftAloneError(describe(error)) from error
        except (CheckpointError, SaveError, ElsewhereError) as error:
            raise MisuseError(describe(error)) from error

    def _kept(self, gradient: str) -> dict[str, Any]:
        """Return where a run is kept and written down; one of several has places of its own."""
        asked = self.settings
        where = {
            "checkpoint": asked.checkpoint,
            "history_file": asked.history,
            "tensorboard": asked.tensorboard,
            "profile": asked.profile,
        }
        hand = gradient != "autodiff"
        return {
            **{name: self.place(asked_for, gradient) for name, asked_for in where.items()},
            "save_every": asked.save_every,
            "resume": asked.resume,
            "verify_every": asked.verify_every if asked.verify_every and hand else None,
        }

    def place(self, where: str, gradient: str) -> Path | None:
        """Return a file or folder; with several gradients, that of this one."""
        return places.place(where, gradient, self.gradients)


def prepare(settings: Settings) -> Job:
    """Return the job that the settings ask for.

    Raises:
        MisuseError: If a name is unknown, or a number, the data or the sizes do not fit.
    """
    with blaming_input():
        known = {**{name: (name,) for name in engines}, "both": tuple(engines)}
        gradients = lookup("gradient", settings.gradient, known)
        optimizer = lookup("optimizer", settings.optimizer, optimizers)
        lookup("schedule", settings.schedule, schedules)
        stream = stream_for(settings) if settings.stream else None
        whole = stream.splits() if stream else splits_for(settings)
        rows, mesh = stream.total_rows if stream else len(whole.train), devices.mesh_asked(settings)
        large = is_large(rows)
        mlp = network_for(settings, whole, large)
        data = whole if stream else devices.own_share(whole, mesh)
        batch = checks.whole("--batch", settings.batch or min(128 if large else 32, rows), 1)
        epochs = checks.whole("--epochs", settings.epochs or (10 if large else 60), 1)
        rate = checks.not_negative("--learning-rate", settings.learning_rate) or optimizer.rate
        transformation = optimizer_by_name(
            settings.optimizer,
            rate,
            settings.schedule,
            steps=epochs * max(1, rows // batch),
            dtype=checks.floating(settings.dtype),
        )
        options: dict[str, Any] = {
            "batch_size": batch,
            "seed": settings.seed,
            "dtype": settings.dtype,
            "precision": settings.precision or None,
            "compute": settings.compute or None,
            "patience": settings.patience or None,
            "mesh": mesh,
            "scanned": settings.scanned,
            "recompute": settings.recompute,
        }
        set_up(mlp, transformation, stream or data, gradient=gradients[0], params=None, **options)
        places.check(settings, gradients)
    options["epochs"] = epochs
    return Job(settings, data, mlp, gradients, transformation, rate, options, stream)
