"""The derivation at work, proof-read while it trains: every k epochs, at the present parameters.

Nothing of this is in the compiled step. A derivation that was right at the first parameters can be
wrong where training leads: a branch not met before, a unit that saturates.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from compare.agreement import check_gradient
from compare.report import Report
from compare.training import together
from compare.training.data import Rows
from compare.training.drive import Standing
from compare.training.gradients import ValueAndGrad
from functional_nn import MLP, Params
from manual_backprop import grad_and_deltas

ROWS = 16  # that it is proof-read on: all kinds of rows, in little time


class Verified(NamedTuple):
    """What was found after an epoch."""

    epoch: int
    report: Report


class Proofreader:
    """Compares the hand derivation with autodiff every so many epochs; a wrong one stops the run.

    Attributes:
        found: What was found, the latest last.
    """

    def __init__(self, mlp: MLP, gradient: str | ValueAndGrad, rows: Rows, every: int) -> None:
        """Say what is proof-read.

        Args:
            mlp: The network.
            gradient: "manual", or the caller's own derivation.
            rows: Of the data; the first few are taken.
            every: So many epochs.

        Raises:
            ValueError: If the gradient is autodiff itself.
        """
        if gradient == "autodiff":
            raise ValueError(
                "verify_every proof-reads a hand derivation, and gradient is 'autodiff'; "
                "give gradient='manual', or your own."
            )
        self._mlp, self._every = mlp, every
        self._derivation: Any = grad_and_deltas(mlp) if gradient == "manual" else gradient
        self._rows = Rows(rows.x[:ROWS], rows.y[:ROWS])
        self.found: list[Verified] = []

    @property
    def agrees(self) -> bool:
        """Whether nothing wrong was found yet."""
        return not self.found or self.found[-1].report.agrees

    def next_epoch(self, epoch: int) -> int | None:
        """Return the next epoch after which it reads."""
        return (epoch // self._every + 1) * self._every

    def look(self, standing: Standing) -> bool:
        """Read, if it is time; return whether the derivation is right."""
        run, epoch = standing.run, standing.epoch
        seen = self.found[-1].epoch if self.found else 0
        if run.finite and epoch % self._every == 0 and int(run.step) == 0 and epoch > seen:
            params = jax.tree.map(lambda p: jnp.asarray(together.fetched(p)), run.state.params)
            self.found.append(Verified(epoch, self.read(params)))
        return self.agrees

    def read(self, params: Params) -> Report:
        """Return the report at these parameters, with the cause of what is wrong."""
        arguments = (self._mlp.loss, self._derivation, params, *self._rows)
        report = check_gradient(*arguments, explain=False)
        return report if report.agrees else check_gradient(*arguments)
