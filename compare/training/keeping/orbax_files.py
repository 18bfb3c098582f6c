"""Arrays by name in Orbax's form: one folder, read back as the numpy arrays they were."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np


def write(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays into a folder that is not there yet."""
    import orbax.checkpoint as ocp

    with ocp.PyTreeCheckpointer() as checkpointer:
        checkpointer.save(folder.resolve(), dict(arrays))


def read(folder: Path, names: list[str]) -> dict[str, np.ndarray]:
    """Return the arrays of these names."""
    import orbax.checkpoint as ocp

    as_numpy = {name: ocp.RestoreArgs(restore_type=np.ndarray) for name in names}
    with ocp.PyTreeCheckpointer() as checkpointer:
        return checkpointer.restore(
            folder.resolve(), item=dict.fromkeys(names, 0), restore_args=as_numpy
        )
