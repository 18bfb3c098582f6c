"""How names, shapes and numbers of a report are written, the same in every rendering."""

import math
from collections.abc import Sequence
from pathlib import Path

from compare.report.nodes import Node, Worst

#: Stands where nothing was measured.
BLANK = "-"


def value(number: float) -> str:
    """Write a gradient's entry: six digits."""
    return f"{number + 0.0:.6g}"  # not -0


def error(number: float) -> str:
    """Write an error: its order of magnitude and one digit more; ``-`` when not measured."""
    if math.isnan(number):
        return BLANK
    return f"{number:.1e}" if number else "0"


def factor(number: float) -> str:
    """Write a ratio or a cosine: four digits; ``-`` when not measured."""
    return BLANK if math.isnan(number) else f"{number + 0.0:.4g}"


def shape(lengths: Sequence[int]) -> str:
    """Write a shape: ``32x10``, or ``scalar``."""
    return "x".join(map(str, lengths)) or "scalar"


def element(node: Node) -> str:
    """Write a node's worst element: ``z1[2, 5]``, or the name alone when there is none."""
    return f"{node.name}{at(node.worst)}" if node.worst else node.name


def at(worst: Worst | None) -> str:
    """Write an index: ``[2, 5]``, or nothing for a scalar."""
    return str(list(worst.index)) if worst and worst.index else ""


def function(qualified: str) -> str:
    """Write a function's name without the functions round it: ``f.<locals>.g`` is ``g``."""
    return qualified.rpartition("<locals>.")[2]


def path(file: str) -> str:
    """Write a file as it is reached from here, when it lies below."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file


def count(number: int, singular: str, plural: str = "") -> str:
    """Write a number and its noun: ``1 node``, ``3 nodes``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(words: Sequence[str], most: int = 8) -> str:
    """Write names as a list in a sentence, the last of many as a number: ``a, b and c``."""
    shown = list(words) if len(words) <= most + 1 else [*words[:most], f"{len(words) - most} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def duration(seconds: float) -> str:
    """Write a time: ``0.84 s``, ``12.3 s``, ``2 min 5 s``."""
    if seconds < 100:
        return f"{seconds:.3g} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
