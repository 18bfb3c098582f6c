"""What the mistake is, where it stands, and the edit that mends it."""

import linecache
from dataclasses import dataclass
from types import MappingProxyType

#: Kinds of mistakes, each with one sentence of why, in terms of the chain rule.
KINDS = MappingProxyType(
    {
        "wrong-sign": "a factor -1 is missing or too much.",
        "wrong-constant-factor": "the gradient is a constant multiple of the right one.",
        "missing-factor": "the chain rule multiplies the slope of every step; one is left out.",
        "missing-term": "a value used in several places collects a gradient from each of them.",
        "missing-transpose": "a product pulls gradients back through the transposed factor.",
        "wrong-reduction": "what was copied to every row collects the sum over the rows.",
        "broadcast-not-reduced": "what was broadcast forwards is summed backwards.",
        "zero-gradient": "the gradient is zero although the loss depends on this value.",
        "wrong-branch": "the gradient flows where the forward value did not come from.",
        "wrong-activation-derivative": "the slope is that of another function.",
        "wrong-saved-value": "the step back uses another value than the step forward had.",
        "index-axis": "an index or an axis is another one than in the forward pass.",
        "mask-ignored": "masked elements take no part in the loss, so none in its gradient.",
        "numerically-unstable": "right on paper, but it overflows or divides zero by zero.",
        "precision-loss": "right on paper, but digits cancel.",
        "wrong-at-kink": "at this point no slope on either side gives this value.",
        "second-order": "the first derivative is right, its own derivative is not.",
        "unknown": "no single cause was found.",
    }
)


@dataclass(frozen=True)
class Diagnosis:
    """The cause of a disagreement.

    Attributes:
        kind: One of ``KINDS``.
        file: Source file of the suspected equation; "" when it could not be placed.
        line: Its line, 1-based; 0 when it could not be placed.
        code: The source text of the line.
        edit: The edit that mends it, in words and source text; "" when none is known.
        verified: Whether the edit was applied and every node then agreed on fresh inputs.
        alternatives: Other edits that mend it as well.
        why: One sentence in terms of the chain rule.
        evidence: What in the numbers says so.
        columns: First and last column of the suspected expression, 0-based; (0, 0) unknown. They
            are of the line with its indentation, in bytes, as Python counts them.
        further: Diagnoses of further, independent mistakes.
    """

    kind: str
    file: str = ""
    line: int = 0
    code: str = ""
    edit: str = ""
    verified: bool = False
    alternatives: tuple[str, ...] = ()
    why: str = ""
    evidence: str = ""
    columns: tuple[int, int] = (0, 0)
    further: "tuple[Diagnosis, ...]" = ()

    def __post_init__(self) -> None:
        """Refuse a kind that is not in the list."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of mistake {self.kind!r}; known: {', '.join(KINDS)}")

    @property
    def where(self) -> str:
        """``file:line``, or "" when the mistake could not be placed."""
        return f"{self.file}:{self.line}" if self.line else ""

    @property
    def text(self) -> str:
        """The line with its indentation, as ``columns`` count it, where the file has it."""
        written = linecache.getline(self.file, self.line) if self.line else ""
        same = bool(written) and written.strip() == self.code.strip()
        return (written if same else self.code).rstrip()

    @property
    def span(self) -> tuple[int, int]:
        """First and last column of the expression in ``text``, in characters; (0, 0) unknown."""
        line = self.text.encode()
        first, last = self.columns
        indent = len(line) - len(line.lstrip())
        if not indent <= first < last <= len(line):
            return (0, 0)
        return len(line[:first].decode(errors="ignore")), len(line[:last].decode(errors="ignore"))
