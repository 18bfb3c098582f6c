"""Where a command says what it does: rich on a terminal, plain lines in a pipe or a file."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from compare.report import Report, text
from compare.report.tables import Table


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

            self._console.print(terminal.report(report, self._console, full), crop=False)
        elif not self._silent:
            typer.echo(text.render(report, full=full))

    def table(self, table: Table) -> None:
        """Show rows of words under their heads."""
        if self._console:
            from compare.cli import terminal

            self._console.print(terminal.grid(table, self._console), crop=False)
        elif not self._silent:
            typer.echo("\n".join(text.grid(table)))

    def lines(self, table: Table) -> None:
        """Show one line a row; on a terminal it is cut at the edge."""
        if self._console:
            from compare.cli import terminal

            self._console.print(terminal.lines(table, self._console))
        elif not self._silent:
            typer.echo("\n".join(text.grid(table)))

    def verbatim(self, line: str) -> None:
        """Print a line as it is; only a terminal breaks it, where it ends."""
        if self._console:
            self._console.print(line, markup=False, soft_wrap=True)
        elif not self._silent:
            typer.echo(line)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """Show how many are done; yield what to call after each."""
        if not self._console:
            yield lambda: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something is going on, while it is."""
        if self._console:
            with self._console.status(what):
                yield
        else:
            yield
