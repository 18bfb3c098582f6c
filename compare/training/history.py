"""What a run wrote down: a row an epoch, a column a quantity."""

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
    """

    epoch: Int[np.ndarray, " epochs"]
    loss: Float[np.ndarray, " epochs"]
    accuracy: Float[np.ndarray, " epochs"]
    validation_loss: Float[np.ndarray, " epochs"]
    validation_accuracy: Float[np.ndarray, " epochs"]
    gradient_norm: Float[np.ndarray, "epochs layers"]

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


def history_of(records: Records, epochs: int) -> History:
    """Return the first rows of the records, copied from the device."""
    columns = {name: np.array(column)[:epochs] for name, column in records._asdict().items()}
    return History(epoch=np.arange(1, epochs + 1), **columns)
