"""The folder of a run's checkpoints: what lies in it, and how one more comes to lie there."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from compare.training.keeping.errors import SaveError

NAME = re.compile(r"epoch-\d{7,}-step-\d{7,}")
UNFINISHED = ".unfinished-"
SPARE = 2**18  # bytes that a checkpoint takes beside its arrays, and some more


def name_of(epoch: int, step: int) -> str:
    """Return the name of a checkpoint; the later one has the greater name."""
    return f"epoch-{epoch:07d}-step-{step:07d}"


def checkpoints(folder: Path) -> list[Path]:
    """Return what is called like a checkpoint, the newest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: tuple(map(int, re.findall(r"\d+", path.name))))[::-1]


def ready(folder: Path) -> None:
    """Make the folder, and see that it can be written to.

    Raises:
        SaveError: If not.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder)).rmdir()  # swept if it stays


def add(folder: Path, name: str, size: int, fill: Callable[[Path], None]) -> Path:
    """Add a checkpoint that is there whole or not at all.

    Args:
        folder: Of the checkpoints.
        name: Of the new one.
        size: Bytes of its arrays.
        fill: Writes it into the folder it is given.

    Raises:
        SaveError: If it cannot be written; the others are as they were.
    """
    unfinished, final = folder / f"{UNFINISHED}{os.getpid()}", folder / name
    with _told(folder):
        try:
            sweep(folder)
            unfinished.mkdir(parents=True)
            _room(unfinished, size + SPARE)
            fill(unfinished)
            _to_disk(unfinished)
            shutil.rmtree(final, ignore_errors=True)
            unfinished.rename(final)
            _sync(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return final


def sweep(folder: Path) -> None:
    """Remove what unfinished checkpoints have left behind."""
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)


def prune(folder: Path, keep: int) -> None:
    """Remove all but so many of the newest."""
    for path in checkpoints(folder)[keep:]:
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def set_aside(path: Path) -> None:
    """Give a damaged checkpoint another name, so that it is no longer in the way."""
    with contextlib.suppress(OSError):
        path.rename(path.with_name(f"damaged-{path.name}"))


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say of any failure to write which folder it is, and that nothing else was harmed."""
    try:
        yield
    except Exception as error:  # Orbax and TensorStore raise kinds of their own
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        left = checkpoints(folder) if folder.is_dir() else []
        kept = f"the newest kept is {left[0].name}" if left else "there is none yet"
        raise SaveError(
            f"no checkpoint can be written to {folder}: {' '.join(str(reason).split())[:300]}; "
            f"{kept}. {'Make room, or give' if folder.is_dir() else 'Give'} another folder."
        ) from error


def _room(folder: Path, size: int) -> None:
    """See that there is room on the disk, before a writer of many small files runs out of it."""
    path = folder / "room"
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
    path.unlink()


def _to_disk(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
