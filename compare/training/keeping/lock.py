"""One run at a time in a folder of checkpoints: two would sweep and prune each other's.

A lock of the operating system ends with its process, however that ends; nothing is left to clear.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from compare.training.keeping.errors import SaveError

NAME = ".lock"
#: Some network file systems have no locks: there a run goes on without.
UNABLE = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep every other run out of a folder as long as this lasts.

    Raises:
        SaveError: If another has it, or none can be had for a reason that would stop a save, too.
    """
    # a file in its place, which filelock would fall back to, stays behind when its owner is killed
    lock = FileLock(folder / NAME, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SaveError(
            f"no checkpoint can be written to {folder}: another run is writing there. Wait for its "
            "end, or give another folder."
        ) from error
    except OSError as error:
        if error.errno not in UNABLE:
            raise SaveError(
                f"no checkpoint can be written to {folder}: {NAME} in it cannot be locked: "
                f"{error.strerror}. Give another folder."
            ) from error
    try:
        yield
    finally:
        lock.release()
