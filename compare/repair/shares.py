"""Where a mean's share, 1/n, is at home: where what comes back is spread over the n.

The derivative of a mean hands each of n values 1/n of what comes back; that of a broadcast sums
what comes back, and takes no mean. A missing 1/n mends the same nodes in any line of the flow, and
so does n for a mean that should have been a sum; a reader looks for both where the n values are.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from compare.repair.edits import Edit
from compare.repair.reading import Reading
from compare.repair.rewrites.writing import called

#: What it saves to divide by n where a value is spread over n; and what it costs to multiply there.
AT_HOME = 0.5
_EXACT = 1e-9


def saving(edit: Edit) -> float:
    """Return what an edit saves by dividing where it should be; less than 0, what it costs."""
    if called(edit.change.node) in ("sum", "mean"):
        return 0.0
    ratio = _ratio(edit)
    if ratio is None:
        return 0.0
    count = 1 / ratio if ratio < 1 else ratio
    if count < 2 or abs(count - round(count)) > _EXACT * count:
        return 0.0
    if round(count) not in _spread_over(edit.reading):
        return 0.0
    return AT_HOME if ratio < 1 else -AT_HOME


def _ratio(edit: Edit) -> float | None:
    """Return the positive number by which an edit multiplies an expression; None if it is none."""
    old, new = edit.reading.array(edit.change.node), edit.reading.try_out(edit.change.new)
    if old.dtype.kind not in "fi" or not isinstance(new, (np.ndarray, np.generic)) or not old.size:
        return None
    largest = np.argmax(np.abs(old))
    if np.shape(new) != old.shape or not old.flat[largest]:
        return None
    ratio = float(np.asarray(new).flat[largest] / old.flat[largest])
    same = np.abs(np.asarray(new) - ratio * old) <= _EXACT * abs(ratio * old.flat[largest])
    return ratio if ratio > 0 and bool(np.all(same)) else None


def _spread_over(reading: Reading) -> set[int]:
    """Return the lengths of the axes along which a statement repeats the elements of an array."""
    program = reading.desk.watched.program
    found: set[int] = set()
    for run in reading.statement.runs:
        for equation in program.equations[run.start : run.stop]:
            shape = program.types[equation.outputs[0]].shape
            for operand in equation.inputs:
                found.update(_repeated(program.types[operand].shape, shape, equation.params))
    return found


def _repeated(have: tuple[int, ...], shape: tuple[int, ...], params: Mapping[str, Any]) -> set[int]:
    """Return the lengths of axes that an operand lacks, or has only once."""
    kept = params.get("broadcast_dimensions", range(len(shape)))
    if math.prod(have) < 2 or len(kept) != len(have):
        return set()
    once = dict(zip(kept, have, strict=True))
    return {n for axis, n in enumerate(shape) if n > 1 and once.get(axis, 1) == 1}
