"""Where results go: tried before work begins, so that none is lost at the end.

An option that names a folder makes it. One that names a file wants the folder it is in to be
there: a mistyped path is told, and no folders grow where nobody looks for them.
"""

import tempfile
from pathlib import Path

from compare.cli.misuse import MisuseError


def ready(folder: Path, option: str = "--out") -> Path:
    """Return a folder that files can be written to, made if it was not there.

    Raises:
        MisuseError: If it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MisuseError(
            f"nothing can be written to {folder}: {reason}; give another place with {option}"
        ) from error
    return folder


def writable(file: Path, option: str) -> Path:
    """Return a file that can be written, in a folder that is there.

    Raises:
        MisuseError: If it is a folder, or is in none, or cannot be written.
    """
    if file.is_dir():
        raise MisuseError(f"{file} is a folder; give a file with {option}")
    if not file.parent.is_dir():
        raise MisuseError(
            f"{option} {file}: there is no folder {file.parent}; make it, or give another place"
        )
    ready(file.parent, option)
    return file
