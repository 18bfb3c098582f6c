"""The history in TensorBoard, on request: a curve for every column."""

import math
from pathlib import Path
from typing import Any

from compare.training.drive import Standing
from compare.training.watching.rows import rows


class TensorBoard:
    """Writes every epoch completed as scalars."""

    def __init__(self, folder: Path, begun: int = 0) -> None:
        """Begin to write.

        Args:
            folder: That ``tensorboard --logdir`` is given.
            begun: Epochs done in earlier sessions; what stands there of later ones is hidden.

        Raises:
            ValueError: If the package that writes TensorBoard's files is missing.
        """
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            raise ValueError(
                "tensorboard is asked for, and tensorboardX, which writes its files, is not "
                "installed: pip install 'handgrad[tensorboard]'."
            ) from None
        purge = {"purge_step": begun + 1} if begun else {}
        # names count seconds: two sessions may begin within one
        session = f".{len(list(Path(folder).glob('events*')))}"
        self._writer: Any = SummaryWriter(str(folder), filename_suffix=session, **purge)
        self._written = begun

    def next_epoch(self, epoch: int) -> int | None:
        """Any epoch will do."""
        return None

    def look(self, standing: Standing) -> bool:
        """Write the epochs that are new."""
        for row in rows(standing.history, self._written):
            epoch = int(row.pop("epoch"))
            for name, value in row.items():
                if math.isfinite(value):
                    self._writer.add_scalar(_tag(name), value, epoch)
        self._written = len(standing.history)
        self._writer.flush()
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()


def _tag(name: str) -> str:
    """Return TensorBoard's name of a column: ``dead[1]`` is ``dead/layer1``."""
    return name.replace("[", "/layer").rstrip("]")
