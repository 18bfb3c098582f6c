"""Train with either gradient, or with one's own; run both at once and see where they part.

result = train(mlp, optax.adam(1e-3), load("digits"), gradient="manual")
print(lockstep(mlp, optax.adam(1e-3), load("digits")))
"""

from compare.training.faults import NonFinite
from compare.training.gradients import engines
from compare.training.history import History
from compare.training.keeping import CheckpointError, Resumed, SaveError
from compare.training.lockstep import LockstepResult, Parting, lockstep
from compare.training.measure import Metrics, evaluate
from compare.training.optimizers import optimizer_by_name, optimizers, schedules
from compare.training.result import TrainResult
from compare.training.streaming import Batches, Stream
from compare.training.sweeping import SweepResult, sweep
from compare.training.train import train

__all__ = [
    "Batches",
    "CheckpointError",
    "History",
    "LockstepResult",
    "Metrics",
    "NonFinite",
    "Parting",
    "Resumed",
    "SaveError",
    "Stream",
    "SweepResult",
    "TrainResult",
    "engines",
    "evaluate",
    "lockstep",
    "optimizer_by_name",
    "optimizers",
    "schedules",
    "sweep",
    "train",
]
