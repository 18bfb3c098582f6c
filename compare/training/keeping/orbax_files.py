"""Arrays by name in Orbax's form: one folder, read back as the numpy arrays they were.

Orbax refuses an array without entries; its dtype and shape, kept elsewhere, say all there is.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Orbax raise what goes wrong, and not log it as well, traceback and all."""
    logger = logging.getLogger("absl")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def write(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays into a folder that is not there yet."""
    with _quiet(), _checkpointer() as checkpointer:
        held = {name: array for name, array in arrays.items() if array.size}
        checkpointer.save(folder.resolve(), held)


def read(folder: Path, shapes: Mapping[str, list[Any]]) -> dict[str, np.ndarray]:
    """Return the arrays of these names, whose dtypes and shapes are known."""
    import orbax.checkpoint as ocp

    empty = {
        name: np.empty(shape, jnp.dtype(dtype))
        for name, (dtype, shape) in shapes.items()
        if 0 in shape
    }
    names = [name for name in shapes if name not in empty]
    as_numpy = {name: ocp.RestoreArgs(restore_type=np.ndarray) for name in names}
    with _quiet(), _checkpointer() as checkpointer:
        found = checkpointer.restore(
            folder.resolve(), item=dict.fromkeys(names, 0), restore_args=as_numpy
        )
    return {**found, **empty}


def _checkpointer() -> Any:
    """Return one that waits for no other process: the first alone writes, each reads for itself."""
    import orbax.checkpoint as ocp

    own = jax.process_index()
    options = ocp.options.MultiprocessingOptions(
        primary_host=own, active_processes={own}, barrier_sync_key_prefix=f"process-{own}"
    )
    handler = ocp.PyTreeCheckpointHandler(multiprocessing_options=options)
    return ocp.Checkpointer(handler, multiprocessing_options=options)
