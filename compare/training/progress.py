"""A progress bar: epochs done, loss and accuracy so far, time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from compare.training.drive import Standing
from compare.training.history import History

#: Takes the history so far.
Watch: TypeAlias = Callable[[History], None]


class Watched:
    """Lets somebody watch after every call."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def next_epoch(self, epoch: int) -> int | None:
        """Any epoch will do."""
        return None

    def look(self, standing: Standing) -> bool:
        """Show the history."""
        self._watch(standing.history)
        return True


@contextmanager
def progress_bar(
    title: str, epochs: int, *, wanted: bool, console: Console | None = None
) -> Iterator[Watch | None]:
    """Yield what shows the history so far; None when no bar is wanted or there is no terminal."""
    console = console or Console(stderr=True)
    if not (wanted and console.is_terminal):
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[now]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, auto_refresh=False) as bar:
        task = bar.add_task(title, total=epochs, now="")

        def watch(history: History) -> None:
            bar.update(task, completed=len(history), now=describe(history), refresh=True)

        yield watch


def describe(history: History) -> str:
    """Return the last row in words."""
    if not len(history):
        return ""
    words = f"loss {history.loss[-1]:.4g}"
    accuracy = history.validation_accuracy[-1]
    return words if accuracy != accuracy else f"{words}, validation {accuracy:.2%}"
