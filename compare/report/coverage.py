"""What a pass is worth: the detection floor, the branches exercised, and weak probes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Branch:
    """One comparison that steers the computation, and how often it held.

    Attributes:
        file: Source file of the choice.
        line: Its line, 1-based.
        code: Source text of the line.
        share_true: Share of elements for which the condition held, 0 to 1.
        side: "forward" or "hand": whose code it stands in.
    """

    file: str
    line: int
    code: str
    share_true: float
    side: str

    @property
    def one_sided(self) -> bool:
        """Whether only one side was exercised."""
        return self.share_true in (0.0, 1.0)


@dataclass(frozen=True)
class Coverage:
    """How much a pass on these inputs proves.

    Attributes:
        floors: For each node the smallest relative fault that would have been caught.
        branches: The choices in the forward and the hand-written code.
        warnings: Weak probes, one sentence each.
        probes: How many sets of inputs were tried.
    """

    floors: Mapping[str, float] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    warnings: tuple[str, ...] = ()
    probes: int = 1
