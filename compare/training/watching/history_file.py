"""The history as it goes, in a file: a line an epoch, written when it is known.

name ends in    form
.csv            a head, then numbers; nothing where nothing was measured
.jsonl          an object a line; null there
"""

import csv
import io
import json
import math
from pathlib import Path

from compare.training.drive import Standing
from compare.training.history import History
from compare.training.keeping.errors import SaveError
from compare.training.watching.rows import rows

ENDINGS = (".csv", ".jsonl")


class HistoryFile:
    """Writes a line for every epoch completed."""

    def __init__(self, path: Path, before: History | None = None) -> None:
        """Begin the file; one of that name is replaced.

        Args:
            path: Of the file.
            before: What earlier sessions wrote down; it is written again.

        Raises:
            ValueError: If the name has another ending.
            SaveError: If it cannot be written; the folder it is in must be there.
        """
        if path.suffix not in ENDINGS:
            raise ValueError(
                f"history_file is {str(path)!r}; wanted a name that ends in {' or '.join(ENDINGS)}."
            )
        self._path, self._written = path, 0
        self._append("w", before)

    def next_epoch(self, epoch: int) -> int | None:
        """Any epoch will do."""
        return None

    def look(self, standing: Standing) -> bool:
        """Write the epochs that are new."""
        if len(standing.history) > self._written:
            self._append("a", standing.history)
        return True

    def _append(self, mode: str, history: History | None) -> None:
        lines = self._lines(history) if history is not None else ""
        try:
            with self._path.open(mode, encoding="utf-8", newline="") as file:
                file.write(lines)
        except OSError as error:
            raise SaveError(
                f"the history cannot be written to {self._path}: {error.strerror}. "
                "Make room, or give another file."
            ) from error

    def _lines(self, history: History) -> str:
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        for row in rows(history, self._written):
            finite = {k: v if math.isfinite(v) else None for k, v in row.items()}
            if self._path.suffix == ".jsonl":
                text.write(json.dumps(finite) + "\n")
                continue
            if self._written == 0 and row["epoch"] == history.epoch[0]:
                table.writerow(finite)
            table.writerow(finite.values())
        self._written = len(history)
        return text.getvalue()
