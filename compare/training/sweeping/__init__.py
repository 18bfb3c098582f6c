"""Many models trained at once: seeds x learning rates x initial scales, by vmap."""

from compare.training.sweeping.result import SweepResult
from compare.training.sweeping.sweep import sweep

__all__ = ["SweepResult", "sweep"]
