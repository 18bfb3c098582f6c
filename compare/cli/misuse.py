"""Exit codes, and how a user's mistake is told: what was wrong, in a line or two, no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

AGREES, DISAGREES, MISUSE, INTERRUPTED = 0, 1, 2, 130


class MisuseError(Exception):
    """The user gave something that no work can be done with; the message says what and why."""

    def __init__(
        self, message: str, place: tuple[str, int] = ("", 0), diagnosis: Any = None
    ) -> None:
        """Keep the message, the file and line to blame, and what is wrong there, if known."""
        super().__init__(message)
        self.place, self.diagnosis = place, diagnosis


class LeftAloneError(MisuseError):
    """Nothing can be done with the others any more, nor can the process wait for them to end."""


@contextmanager
def blaming_input() -> Iterator[None]:
    """Take a ValueError, TypeError or OSError in here as the user's: something given is unfit.

    Put nothing inside but the reading and checking of what was given; an error of the work itself
    is ours, and shall show its traceback.
    """
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        raise MisuseError(describe(error)) from error


@contextmanager
def exits() -> Iterator[None]:
    """End a command with its exit code, and a message on the error stream."""
    try:
        yield
    except LeftAloneError as error:
        _say(f"error: {error}")
        sys.stdout.flush()
        os._exit(MISUSE)  # JAX's own end would wait for the others, and abort
    except MisuseError as error:
        leave(f"error: {error}", MISUSE)
    except KeyboardInterrupt:
        leave("stopped by the keyboard; nothing more was written.", INTERRUPTED)


def leave(message: str, code: int) -> NoReturn:
    """Say why, and exit with this code."""
    _say(message)
    raise typer.Exit(code)


def _say(message: str) -> None:
    typer.echo(f"handgrad: {message}", err=True)


def describe(error: BaseException) -> str:
    """Return an error's message; of a file error, the file and the reason."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
