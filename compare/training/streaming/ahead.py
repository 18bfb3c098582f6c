"""The next few of an iterator, made in a thread while the caller is busy with the one before."""

import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Reads an iterator ahead; what goes wrong there is raised where it is taken."""

    def __init__(self, items: Iterator[T], depth: int = 2) -> None:
        """Begin to read.

        Args:
            items: To read.
            depth: How many may wait.
        """
        self._waiting: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(depth)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(items,), daemon=True)
        self._thread.start()

    def take(self) -> T:
        """Return the next one; wait for it."""
        item, error = self._waiting.get()
        if error is not None:
            raise error
        return item  # type: ignore[return-value]

    def close(self) -> None:
        """Stop reading."""
        self._closed.set()
        while self._thread.is_alive():
            try:
                self._waiting.get(timeout=0.02)
            except queue.Empty:
                continue
        self._thread.join()

    def _read(self, items: Iterator[T]) -> None:
        try:
            for item in items:
                if not self._put((item, None)):
                    return
            self._put((None, EOFError("there are no more")))
        except BaseException as error:  # noqa: BLE001  raised again by take
            self._put((None, error))

    def _put(self, what: Any) -> bool:
        while not self._closed.is_set():
            try:
                self._waiting.put(what, timeout=0.05)
            except queue.Full:
                continue
            return True
        return False
