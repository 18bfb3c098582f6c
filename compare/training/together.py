"""What several processes must agree on: each has to make every call that the others make.

A program over many processes waits for all of them. Whatever one decides by its own clock, signals
or files is asked here of all, and all go the same way. A single process answers itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import jax
import numpy as np

T = TypeVar("T")

TEXT = 256  # bytes of a text that are compared


class ElsewhereError(RuntimeError):
    """Another process failed or is gone; its own message, if it left one, says why."""


class GoneError(ElsewhereError):
    """Another process does not answer any more: it will not come to JAX's end of the run either."""


def alone() -> bool:
    """Return whether there are no others."""
    return jax.process_count() == 1


def is_first() -> bool:
    """Return whether this process is the one that tells and writes."""
    return jax.process_index() == 0


def any_of(flag: bool) -> bool:
    """Return whether it is so in any process."""
    return flag if alone() else bool(_of_all(np.array(flag)).any())


def longest(seconds: float) -> float:
    """Return the longest of all processes' times, in seconds."""
    return seconds if alone() else float(_of_all(np.array(seconds, np.float32)).max())


def texts(own: str) -> list[str]:
    """Return every process's text, its first ``TEXT`` bytes, in the order of the processes."""
    if alone():
        return [own]
    padded = own.encode()[:TEXT].ljust(TEXT, b"\0")
    rows = _of_all(np.frombuffer(padded, np.uint8))
    return [bytes(row.astype(np.uint8)).rstrip(b"\0").decode(errors="replace") for row in rows]


def fetched(leaf: Any) -> np.ndarray:
    """Return an array on the host, whole, from whichever processes hold its parts."""
    if getattr(leaf, "is_fully_addressable", True) or leaf.is_fully_replicated:
        return np.asarray(leaf)
    from jax.experimental import multihost_utils

    with within_reach():
        return np.asarray(multihost_utils.process_allgather(leaf, tiled=True))


@contextmanager
def failing_together() -> Iterator[None]:
    """Let no process go on where another has failed: it would wait for it for ever.

    Raises:
        ElsewhereError: If this process is well and another is not.
    """
    try:
        yield
    except Exception:
        with suppress(ElsewhereError):  # what failed first is what is told
            any_of(True)
        raise
    if any_of(False):
        raise ElsewhereError("another of the processes failed; its own message says why.")


@contextmanager
def within_reach() -> Iterator[None]:
    """Say in words that another process is gone; JAX hands on what its network saw.

    Raises:
        GoneError: If JAX fails here while several processes run.
    """
    try:
        yield
    except jax.errors.JaxRuntimeError as error:
        if alone():
            raise
        raise GoneError(
            "another of the processes is gone or cannot be reached "
            f"({str(error).splitlines()[0][:200]}). What was saved is intact: start all again, "
            "to go on from there."
        ) from error


def first_then_others(act: Callable[[], T]) -> T:
    """Return what each process's act returns; the first acts before the others do."""
    found: list[T] = []
    for turn in (True, False):
        with failing_together():
            if is_first() is turn:
                found.append(act())
    return found[0]


def _of_all(own: np.ndarray) -> np.ndarray:
    """Return every process's array, stacked in the order of the processes."""
    from jax.experimental import multihost_utils

    with within_reach():
        return np.asarray(multihost_utils.process_allgather(own))
