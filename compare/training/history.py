"""What a run wrote down: a row an epoch, a column a quantity."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from compare.training.epoch import Records


@dataclass(frozen=True, eq=False)
class History:
    """Columns of a run, by epoch; nan where nothing was measured.

    Attributes:
        epoch: 1, 2, ...
        loss: Mean over the epoch's batches, each taken before its step.
        accuracy: After the epoch, on up to 1024 training rows, evenly spread.
        validation_loss: After the epoch, on all validation rows.
        validation_accuracy: Likewise.
        gradient_norm: √(‖dW‖² + ‖db‖²) of each layer, of the epoch's last batch.
        update_ratio: ‖ΔW‖ / ‖W‖ of each layer after the epoch, where ΔW is what the optimizer
            makes of that gradient there.
        dead: Share of each layer's units whose slope g'(z) is 0 on all of those training rows.
        saturated: Share of each layer's outputs on them whose slope is below a hundredth of the
            steepest; of sigmoid and tanh, nan for other activations.
    """

    epoch: Int[np.ndarray, " epochs"]
    loss: Float[np.ndarray, " epochs"]
    accuracy: Float[np.ndarray, " epochs"]
    validation_loss: Float[np.ndarray, " epochs"]
    validation_accuracy: Float[np.ndarray, " epochs"]
    gradient_norm: Float[np.ndarray, "epochs layers"]
    update_ratio: Float[np.ndarray, "epochs layers"]
    dead: Float[np.ndarray, "epochs layers"]
    saturated: Float[np.ndarray, "epochs layers"]

    def __len__(self) -> int:
        """Return the number of epochs."""
        return len(self.epoch)

    def best(self) -> int:
        """Return the epoch of the lowest validation loss, of the training loss without one.

        0 when no epoch was completed.
        """
        validated = np.isfinite(self.validation_loss).any()
        judged = self.validation_loss if validated else self.loss
        return int(self.epoch[np.nanargmin(judged)]) if len(self) else 0

    def to_dict(self) -> dict[str, Any]:
        """Return the columns as plain lists of numbers."""
        return {field.name: getattr(self, field.name).tolist() for field in fields(self)}


def taken(records: Records, begun: int, done: int) -> History:
    """Return the rows of the epochs after ``begun`` up to ``done``, copied from the device."""
    epoch = np.arange(begun, done)
    rows = epoch % len(records.loss)
    columns = {name: np.asarray(column)[rows] for name, column in records._asdict().items()}
    return History(epoch=epoch + 1, **columns)


def joined(parts: Sequence[History]) -> History:
    """Return histories, one after the other."""
    names = [field.name for field in fields(History)]
    return History(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
