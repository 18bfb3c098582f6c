"""Ctrl-C asks a run to stop after the call that is under way; a second one stops it at once.

So does SIGTERM, where checkpoints are kept: it is how schedulers say that time is over.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interruption:
    """Says whether a signal came; ``number`` is which."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.handlers: dict[int, Any] = {}

    def __call__(self) -> bool:
        """Return whether one came."""
        return self.number is not None

    def press(self, number: int, frame: FrameType | None) -> None:
        """Take a signal; the next of its kind is the caller's own again."""
        self.number = number
        signal.signal(number, self.handlers[number])

    def end(self) -> None:
        """End the process as SIGTERM asks for, now that all is saved; otherwise do nothing.

        Raises:
            SystemExit: With code 143, unless the caller handles that signal.
        """
        if self.number == signal.SIGTERM:
            if callable(self.handlers[signal.SIGTERM]):
                signal.raise_signal(signal.SIGTERM)
            raise SystemExit(128 + signal.SIGTERM)


@contextmanager
def stop_when_interrupted(*, and_terminated: bool = False) -> Iterator[Interruption]:
    """Yield a function that says whether Ctrl-C was pressed.

    Without this the signal would be raised in the middle of a call whose arguments are donated:
    the old state would be gone and the new one lost. Off the main thread, where Python takes no
    signals, it never says so.

    Args:
        and_terminated: Whether SIGTERM is taken likewise.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    taken = (signal.SIGINT, signal.SIGTERM) if and_terminated else (signal.SIGINT,)
    interruption.handlers = {number: signal.getsignal(number) for number in taken}
    for number in interruption.handlers:
        signal.signal(number, interruption.press)
    try:
        yield interruption
    finally:
        for number, handler in interruption.handlers.items():
            signal.signal(number, handler)
