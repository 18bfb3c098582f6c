"""The output folder: tried before work begins, so that no result is lost at the end."""

import tempfile
from pathlib import Path

from compare.cli.misuse import MisuseError


def ready(folder: Path) -> Path:
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
            f"nothing can be written to {folder}: {reason}; give another folder with --out"
        ) from error
    return folder
