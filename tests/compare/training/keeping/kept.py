"""What lies in a folder of checkpoints, for the tests around it."""

from pathlib import Path

from compare.training.keeping.lock import NAME


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, sorted, without the lock that a run leaves there."""
    return sorted(path.name for path in folder.iterdir() if path.name != NAME)
