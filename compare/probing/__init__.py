"""Inputs that reach what the caller's example does not: zeros, ties, signs, scales, branches.

Nothing here judges: it draws points, keeps what the caller's data visibly are, watches which side
of every comparison was met, and makes a telling point small.
"""

from compare.probing.domain import fields_of
from compare.probing.field import Field
from compare.probing.infinity import overtaken
from compare.probing.moves import Probe, moves, wild
from compare.probing.noise import loosened, set_apart
from compare.probing.paste import as_python
from compare.probing.reach import reach
from compare.probing.shrink import shrink
from compare.probing.sides import Watch
from compare.probing.structure import made_like

__all__ = [
    "Field",
    "Probe",
    "Watch",
    "as_python",
    "fields_of",
    "loosened",
    "made_like",
    "moves",
    "overtaken",
    "reach",
    "set_apart",
    "shrink",
    "wild",
]
