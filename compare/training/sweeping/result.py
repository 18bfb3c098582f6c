"""What a sweep found: a history of every model, a table of every setting."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Bool, Float, Int

from compare.report import text
from compare.report.tables import Table
from functional_nn import MLP, Params


class Setting(NamedTuple):
    """What models of several seeds share.

    Attributes:
        learning_rate: Of the optimizer.
        scale: That initial weights were multiplied by.
        models: Which they are.
    """

    learning_rate: float
    scale: float
    models: Int[np.ndarray, " models"]


@dataclass(frozen=True, eq=False)
class SweepResult:
    """Many runs; a column a model.

    Attributes:
        mlp: The network.
        seeds: Of each model.
        learning_rates: Likewise.
        scales: That its initial weights were multiplied by.
        loss: By epoch: mean over its batches.
        validation_loss: By epoch, on all validation rows; nan without any.
        validation_accuracy: Likewise.
        test_loss: At the end; nan without a test part.
        test_accuracy: Likewise.
        params: Of all models, along a first axis.
        steps: Of each model.
        seconds: Spent running.
        compile_seconds: Spent compiling.
        devices: That the models were spread over.
        interrupted: Whether Ctrl-C ended it before all epochs were done.
    """

    mlp: MLP
    seeds: Int[np.ndarray, " models"]
    learning_rates: Float[np.ndarray, " models"]
    scales: Float[np.ndarray, " models"]
    loss: Float[np.ndarray, "epochs models"]
    validation_loss: Float[np.ndarray, "epochs models"]
    validation_accuracy: Float[np.ndarray, "epochs models"]
    test_loss: Float[np.ndarray, " models"]
    test_accuracy: Float[np.ndarray, " models"]
    params: Params
    steps: int
    seconds: float
    compile_seconds: float
    devices: int
    interrupted: bool = False

    def __len__(self) -> int:
        """Return the number of models."""
        return len(self.seeds)

    @property
    def judged(self) -> Float[np.ndarray, " models"]:
        """What models are ranked by: validation loss at the end, or the loss without one."""
        validated = np.isfinite(self.validation_loss).any()
        return (self.validation_loss if validated else self.loss)[-1]

    @property
    def finite(self) -> Bool[np.ndarray, " models"]:
        """Which models stayed finite."""
        return np.isfinite(self.loss).all(axis=0) & np.isfinite(self.judged)

    @property
    def best(self) -> int:
        """The model that is ranked first; 0 when none stayed finite."""
        return int(np.argmin(np.where(self.finite, self.judged, np.inf)))

    def params_of(self, model: int) -> Params:
        """Return the parameters of one model."""
        return jax.tree.map(lambda leaf: leaf[model], self.params)

    def settings(self) -> list[Setting]:
        """Return every setting, the one with the best mean over its seeds first."""
        pairs = list(zip(self.learning_rates.tolist(), self.scales.tolist(), strict=True))
        found = [
            Setting(*pair, np.array([n for n, other in enumerate(pairs) if other == pair]))
            for pair in dict.fromkeys(pairs)
        ]
        return sorted(found, key=self._rank)

    def _rank(self, setting: Setting) -> float:
        finite = self.finite[setting.models].all()
        return float(np.mean(self.judged[setting.models])) if finite else float("inf")

    def table(self) -> Table:
        """Return a row a setting, the best first: mean over the seeds, least and most."""
        heads = (
            "learning rate", "initial scale", "seeds", "loss", "validation loss",
            "validation accuracy", "test accuracy", "not finite",
        )  # fmt: skip
        rows = tuple(self._row(setting) for setting in self.settings())
        return Table(heads, rows, (), (True,) * len(heads))

    def _row(self, setting: Setting) -> tuple[str, ...]:
        models = setting.models
        spoilt = int((~self.finite[models]).sum())
        return (
            f"{setting.learning_rate:g}",
            f"{setting.scale:g}",
            str(len(models)),
            _spread(self.loss[-1, models]),
            _spread(self.validation_loss[-1, models]),
            _spread(self.validation_accuracy[-1, models], percent=True),
            _spread(self.test_accuracy[models], percent=True),
            str(spoilt) if spoilt else "",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the parameters as plain lists of numbers."""
        columns = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("mlp", "params")
        }
        plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in columns.items()}
        return {"network": repr(self.mlp), "best": self.best, **plain}

    def __str__(self) -> str:
        """Say how many models trained how fast, and rank the settings."""
        rate = len(self) * self.steps / self.seconds if self.seconds else 0.0
        best = self.best
        spread = "1 device" if self.devices == 1 else f"{self.devices} devices"
        head = (
            f"{len(self)} models, {self.steps} steps each in {self.seconds:.2f} s "
            f"({rate:,.0f} steps a second in all, {spread})"
            f"{f', interrupted after epoch {len(self.loss)}' if self.interrupted else ''}"
        )
        last = (
            f"best: seed {self.seeds[best]}, learning rate {self.learning_rates[best]:g}, "
            f"initial scale {self.scales[best]:g}"
        )
        return "\n".join([head, *text.grid(self.table()), last])


def _spread(values: Float[np.ndarray, " models"], percent: bool = False) -> str:
    values = values[np.isfinite(values)]
    if not len(values):
        return "-"

    def said(value: float) -> str:
        return f"{100 * value:.2f} %" if percent else f"{value:.4g}"

    mean = said(float(values.mean()))
    return mean if len(values) == 1 else f"{mean} ({said(values.min())} to {said(values.max())})"
