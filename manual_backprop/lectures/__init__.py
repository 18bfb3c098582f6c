"""The equations of five lectures, as printed: transcribed, not judged.

``compare.lectures`` proof-reads them; ``handgrad lectures`` shows what comes out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from manual_backprop.lectures.entry import (
    NOTHING,
    Claim,
    Entry,
    Extreme,
    Form,
    Lecture,
    Meaning,
    Values,
)
from manual_backprop.lectures.l0 import L0
from manual_backprop.lectures.l1 import L1
from manual_backprop.lectures.l2 import L2
from manual_backprop.lectures.l3 import L3
from manual_backprop.lectures.l4 import L4

lectures: Mapping[str, Lecture] = MappingProxyType({one.id: one for one in (L0, L1, L2, L3, L4)})

#: Every entry by its id.
entries: Mapping[str, Entry] = MappingProxyType(
    {entry.id: entry for lecture in lectures.values() for entry in lecture.entries}
)

__all__ = [
    "NOTHING",
    "Claim",
    "Entry",
    "Extreme",
    "Form",
    "Lecture",
    "Meaning",
    "Values",
    "entries",
    "lectures",
]
