"""A trace of one call on the device, on request, for XProf or Perfetto."""

from pathlib import Path

import jax

from compare.training.drive import Forward
from compare.training.engine import Run
from compare.training.keeping.errors import SaveError


def profiled(forward: Forward, folder: Path) -> Forward:
    """Return the same, the first part that runs traced into a folder, which is made.

    Raises:
        SaveError: If there can be no such folder, or later, if the trace cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / ".trial"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise _untold(folder, error.strerror or str(error)) from error
    traced: list[Path] = []

    def forward_and_trace(run: Run, beat: int, last: int) -> Run:
        if beat == 0 or traced:
            return forward(run, beat, last)
        traced.append(folder)
        jax.profiler.start_trace(str(folder))
        try:
            return jax.block_until_ready(forward(run, 1, last))
        finally:
            _stop(folder)

    return forward_and_trace


def _stop(folder: Path) -> None:
    try:
        jax.profiler.stop_trace()
    except (jax.errors.JaxRuntimeError, OSError) as error:
        raise _untold(folder, str(error).splitlines()[0][:200]) from error


def _untold(folder: Path, reason: str) -> SaveError:
    return SaveError(
        f"the trace cannot be written to {folder}: {reason}. Make room, or give another folder."
    )
