"""The history in TensorBoard, on request: a curve for every column.

Its files are written by tensorboardX's ``RecordWriter``, here and now. Its ``SummaryWriter`` would
write in a thread, which ends silently when the disk is full; the run would then wait for it for
ever.
"""

import math
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from compare.training.drive import Standing
from compare.training.keeping.errors import SaveError
from compare.training.watching.rows import rows

START = 1  # status of a session that begins: what others wrote from its step on is hidden


class TensorBoard:
    """Writes every epoch completed as scalars."""

    def __init__(self, folder: Path, begun: int = 0) -> None:
        """Begin to write.

        Args:
            folder: That ``tensorboard --logdir`` is given.
            begun: Epochs done in earlier sessions; what stands there of later ones is hidden.

        Raises:
            ValueError: If the package that writes TensorBoard's files is missing.
            SaveError: If the folder cannot be written to.
        """
        try:
            import tensorboardX  # noqa: F401  all of it is missing, or none
            from tensorboardX.record_writer import RecordWriter
        except ImportError:
            raise ValueError(
                "tensorboard is asked for, and tensorboardX, which writes its files, is not "
                "installed: pip install 'handgrad[tensorboard]'."
            ) from None
        self._folder, self._written = folder, begun
        self._file: Any = None
        with self._telling():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = RecordWriter(str(folder / _name(folder)))
            self._write(file_version="brain.Event:2")
            if begun:
                self._write(step=begun + 1, session_log={"status": START})
            self._file.flush()

    def next_epoch(self, epoch: int) -> int | None:
        """Any epoch will do."""
        return None

    def look(self, standing: Standing) -> bool:
        """Write the epochs that are new.

        Raises:
            SaveError: If they cannot be written.
        """
        with self._telling():
            for row in rows(standing.history, self._written):
                epoch = int(row.pop("epoch"))
                finite = {_tag(name): value for name, value in row.items() if math.isfinite(value)}
                values = [{"tag": tag, "simple_value": value} for tag, value in finite.items()]
                self._write(step=epoch, summary={"value": values})
            self._file.flush()
        self._written = len(standing.history)
        return True

    def close(self) -> None:
        """Let go of the file; ``look`` has written everything."""
        if self._file:
            with suppress(OSError):
                self._file.close()

    def _write(self, **event: Any) -> None:
        from tensorboardX.proto.event_pb2 import Event

        self._file.write(Event(wall_time=time.time(), **event).SerializeToString())

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.close()
            raise SaveError(
                f"nothing can be written for TensorBoard to {self._folder}: {error.strerror}. "
                "Make room, or give another folder."
            ) from error


def _name(folder: Path) -> str:
    """Return the name of a session's file; it counts seconds, and two may begin within one."""
    session = len(list(folder.glob("events*")))
    return f"events.out.tfevents.{int(time.time())}.{platform.node()}.{session}"


def _tag(name: str) -> str:
    """Return TensorBoard's name of a column: ``dead[1]`` is ``dead/layer1``."""
    return name.replace("[", "/layer").rstrip("]")
