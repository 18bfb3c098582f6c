"""Where a command says what it does: rich on a terminal, plain lines in a pipe or a file."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from compare.report import Report, tables, text


class Screen:
    """The output of one command.

    On a terminal, tables have colours and long work a progress bar; anywhere else the same words
    come as plain lines without a colour code.
    """

    def __init__(self, silent: bool = False) -> None:
        """Look where the output goes.

        Args:
            silent: Say nothing: the command prints JSON.
        """
        self._silent = silent
        self._console: Any = None
        if not silent and (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
            from rich.console import Console

            self._console = Console(highlight=False, soft_wrap=False)

    @property
    def on_terminal(self) -> bool:
        """Whether somebody watches."""
        return self._console is not None

    def say(self, sentence: str = "") -> None:
        """Print a sentence, broken into lines."""
        if self._console:
            self._console.print(sentence, markup=False)
        elif not self._silent:
            typer.echo("\n".join(text.broken(sentence)))

    def heading(self, words: str) -> None:
        """Begin a part of the output."""
        if self._console:
            self._console.print(f"\n[bold]{words}[/bold]")
        elif not self._silent:
            typer.echo(f"\n{words}\n{'-' * len(words)}")

    def report(self, report: Report, full: bool = False) -> None:
        """Show what a comparison found; with ``full``, every node."""
        if self._console:
            from compare.cli import terminal

            self._console.print(terminal.report(report, full))
        elif not self._silent:
            typer.echo(text.render(report, full=full))

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
    ) -> None:
        """Show rows of words under their heads."""
        table = tables.Table(tuple(heads), tuple(map(tuple, rows)), (), tuple(numeric))
        if self._console:
            from compare.cli import terminal

            self._console.print(terminal.grid(table))
        elif not self._silent:
            typer.echo("\n".join(text.grid(table)))

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something is going on, while it is."""
        if self._console:
            with self._console.status(what):
                yield
        else:
            yield

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[int, str], None]]:
        """Show a bar; yields ``update(done, remark)``."""
        if not self._console:
            yield lambda done, remark: None
            return
        from compare.cli import terminal

        with terminal.bar(self._console) as bar:
            task = bar.add_task(what, total=total, remark="")
            yield lambda done, remark: bar.update(task, completed=done, remark=remark)
