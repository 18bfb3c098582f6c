"""In which of its runs a statement is wrong: the number of the layer, where layers are a loop."""

from collections.abc import Sequence

import numpy as np

from compare.repair.bench import Point, attempt
from compare.repair.edits import Edit
from compare.repair.statements import Run

_SAME = 1e-9


def rounds(edit: Edit, point: Point) -> str:
    """Return which runs of a statement an edit changes, in words; "" when it runs once."""
    runs = edit.reading.statement.runs
    wrong = [k for k, run in enumerate(runs) if _changes(edit, point, run)]
    if len(runs) < 2 or not wrong:
        return ""
    name = _counter(runs)
    values = ", ".join(str(runs[k].moment.names[name]) for k in wrong) if name else ""
    where = f" ({name} = {values})" if name else ""
    if len(wrong) == len(runs):
        return f"wrong in all {len(runs)} runs of the line{where}"
    numbers = ", ".join(str(k + 1) for k in wrong)
    return f"wrong in run {numbers} of the line's {len(runs)}{where}"


def _changes(edit: Edit, point: Point, run: Run) -> bool:
    """Whether an edit changes what a statement comes to in a run."""
    equations = edit.reading.desk.watched.program.equations
    for position, override in edit.overrides(point).items():
        if not run.start <= position < run.stop:
            continue
        values = equations[position].outputs
        for value, new in zip(
            values, attempt(override, point.seen.__getitem__) or (), strict=False
        ):
            old = np.asarray(point.computed[value])
            if not np.allclose(new, old, rtol=_SAME, atol=_SAME * _size(old), equal_nan=True):
                return True
    return False


def _size(array: np.ndarray) -> float:
    return float(np.abs(array).max()) if array.size else 0.0


def _counter(runs: Sequence[Run]) -> str:
    """Return the variable that counts the runs: whole numbers, another one in each."""
    first, *others = (run.moment.names for run in runs)
    for name, value in first.items():
        values = [value, *(names.get(name) for names in others)]
        if all(type(value) is int for value in values) and len({*values}) == len(values):
            return name
    return ""
