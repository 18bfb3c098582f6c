"""Checkpoints: nothing of a run is lost when its process is.

    FOLDER/
        epoch-0000012-step-0000000/    one checkpoint: so many epochs done, and steps of the next
            record.json                what it is of, and size and SHA-256 of every file
            arrays/                    parameters, optimizer state, key, history (Orbax)
        .unfinished-...                one being written; nobody reads it
        .lock                          held by the run that writes there

A checkpoint is written beside the others and renamed when every byte of it is on the disk, so
that a process may be killed at any moment.
"""

from compare.training.keeping.errors import CheckpointError, SaveError
from compare.training.keeping.every import Every
from compare.training.keeping.keeper import Keeper
from compare.training.keeping.newest import Resumed

__all__ = ["CheckpointError", "Every", "Keeper", "Resumed", "SaveError"]
