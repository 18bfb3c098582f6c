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
from compare.repair.reading import Reading, as_array
from compare.repair.rewrites.writing import called

#: What it saves to divide by n where a value is spread over n; as much it costs to multiply there.
AT_HOME = 0.5
#: Primitives that repeat what is smaller along an axis; a product takes two operands as they are.
_SPREADING = frozenset({"broadcast_in_dim", "add", "sub", "mul", "div"})
_EXACT = 1e-9


def saving(edit: Edit) -> float:
    """Return what an edit saves by dividing where it should be; less than 0, what it costs."""
    if called(edit.change.node) in ("sum", "mean"):
        return 0.0
    ratio = _ratio(edit)
    if ratio is None:
        return 0.0
    for count in _spread_over(edit.reading):
        if abs(ratio * count - 1) <= _EXACT:
            return AT_HOME
        if abs(ratio / count - 1) <= _EXACT:
            return -AT_HOME
    return 0.0


def _ratio(edit: Edit) -> float | None:
    """Return the positive number by which an edit multiplies an expression; None if it is none."""
    old = edit.reading.whole(edit.change.node)
    new = as_array(edit.reading.try_out(edit.change.new, whole=True))
    if old.dtype.kind not in "fi" or new.dtype.kind not in "fi" or new.shape != old.shape:
        return None
    largest = np.argmax(np.abs(old)) if old.size else 0
    if not old.size or not old.flat[largest]:
        return None
    ratio = float(new.flat[largest] / old.flat[largest])
    same = np.abs(new - ratio * old) <= _EXACT * abs(ratio * old.flat[largest])
    return ratio if 0 < ratio < np.inf and bool(np.all(same)) else None


def _spread_over(reading: Reading) -> set[int]:
    """Return the lengths of the axes along which a statement repeats the elements of an array."""
    program = reading.desk.watched.program
    found: set[int] = set()
    for run in reading.statement.runs:
        for equation in program.equations[run.start : run.stop]:
            if equation.primitive in _SPREADING:
                shape = program.types[equation.outputs[0]].shape
                for operand in equation.inputs:
                    found |= _repeated(program.types[operand].shape, shape, equation.params)
    return found


def _repeated(have: tuple[int, ...], shape: tuple[int, ...], params: Mapping[str, Any]) -> set[int]:
    """Return the lengths of axes that an operand lacks, or has only once."""
    if math.prod(have) < 2:
        return set()
    once = dict(zip(params.get("broadcast_dimensions", range(len(shape))), have, strict=True))
    return {n for axis, n in enumerate(shape) if n > 1 and once.get(axis, 1) == 1}
