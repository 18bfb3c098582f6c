"""Histories and lockstep results made by hand."""

import numpy as np

from compare.training.history import History
from compare.training.lockstep import LockstepResult, Parting


def history(epochs: int = 12, shift: float = 0.0, classes: bool = True) -> History:
    epoch = np.arange(1, epochs + 1)
    falling = np.exp(-epoch / 4)
    layers = np.zeros((epochs, 3))
    nothing = np.full(epochs, np.nan)
    return History(
        epoch=epoch,
        loss=2.3 * falling + 0.05 + shift,
        accuracy=1 - 0.8 * falling if classes else nothing,
        validation_loss=2.3 * falling + 0.2,
        validation_accuracy=0.95 - 0.8 * falling if classes else nothing,
        gradient_norm=falling[:, None] * np.array([1.0, 0.5, 2.0]) * (1 + shift),
        update_ratio=layers + 1e-3,
        dead=layers,
        saturated=layers * np.nan,
    )


def lockstep(apart: int | None = None, leaves: int = 4) -> LockstepResult:
    steps = np.arange(1, 51, dtype=np.int32)
    grown = 1e-16 * steps[:, None] * np.arange(1, leaves + 1)[None, :]
    grown[:3] = 0
    names = tuple(f"[{leaf // 2}].{('weight', 'bias')[leaf % 2]}" for leaf in range(leaves))
    return LockstepResult(
        steps=steps,
        loss_manual=np.ones(50),
        loss_autodiff=np.ones(50),
        difference=grown,
        leaf_names=names,
        worst=Parting(names[-1], 50, float(grown[-1, -1])),
        first_apart=apart,
        dtype="float64",
        gradient="manual",
    )
