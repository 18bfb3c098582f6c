"""What can go wrong with a checkpoint."""


class CheckpointError(ValueError):
    """No checkpoint to go on from: all are damaged, or it is of another run."""


class SaveError(OSError):
    """A checkpoint could not be written; the earlier ones are as they were."""


class DamagedError(Exception):
    """One checkpoint is not what was written; the message says how. Caught, named, skipped."""
