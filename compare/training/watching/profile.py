"""A trace of one call on the device, on request, for XProf or Perfetto."""

from pathlib import Path

import jax

from compare.training.drive import Forward
from compare.training.engine import Run


def profiled(forward: Forward, folder: Path) -> Forward:
    """Return the same, the first part that runs traced into a folder."""
    traced: list[Path] = []

    def forward_and_trace(run: Run, beat: int, last: int) -> Run:
        if beat == 0 or traced:
            return forward(run, beat, last)
        traced.append(folder)
        with jax.profiler.trace(str(folder)):
            return jax.block_until_ready(forward(run, 1, last))

    return forward_and_trace
