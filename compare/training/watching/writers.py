"""Those who write the history down as it goes, by what was asked for."""

from contextlib import ExitStack
from os import PathLike
from pathlib import Path

from compare.training.drive import Looker
from compare.training.history import History
from compare.training.watching.history_file import HistoryFile
from compare.training.watching.tensorboard import TensorBoard


def writers(
    history_file: str | PathLike[str] | None,
    tensorboard: str | PathLike[str] | None,
    before: History | None,
    open_files: ExitStack,
) -> list[Looker]:
    """Return them; what they hold open is closed with ``open_files``."""
    found: list[Looker] = []
    if history_file is not None:
        found.append(HistoryFile(Path(history_file), before))
    if tensorboard is not None:
        board = TensorBoard(Path(tensorboard), 0 if before is None else len(before))
        open_files.callback(board.close)
        found.append(board)
    return found
