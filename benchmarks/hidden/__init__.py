"""Rules whose mistake the author's own inputs do not show, each beside the right one."""

from benchmarks.hidden.case import Case
from benchmarks.hidden.elementwise import ELEMENTWISE
from benchmarks.hidden.losses import LOSSES
from benchmarks.hidden.moving import MOVING
from benchmarks.hidden.norms import NORMS

CASES: tuple[Case, ...] = (*ELEMENTWISE, *NORMS, *LOSSES, *MOVING)

__all__ = ["CASES", "Case"]
