"""A progress bar: epochs done, loss and accuracy so far, time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

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


class Rate(ProgressColumn):
    """Steps a second."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._steps = steps

    def render(self, task: Task) -> Text:
        """Return the rate in words; nothing before it is known."""
        return Text(f"{task.speed * self._steps:,.0f} steps/s" if task.speed else "")


@contextmanager
def progress_bar(
    title: str, epochs: int, steps: int = 0, *, wanted: bool, console: Console | None = None
) -> Iterator[Watch | None]:
    """Yield what shows the history so far; None when no bar is wanted or there is no terminal.

    Args:
        title: Of the bar.
        epochs: In all.
        steps: Of an epoch, for the rate.
        wanted: Whether a bar is.
        console: Where; the error stream otherwise.
    """
    console = console or Console(stderr=True)
    if not (wanted and console.is_terminal):
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[now]}"),
        Rate(steps),
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
