"""One place where a form breaks in floating point, and how it is told."""

from dataclasses import dataclass

import numpy as np

from compare.report import words


@dataclass(frozen=True)
class Break:
    """An input at which a form breaks.

    Attributes:
        where: The inputs, in words.
        precision: "float32" or "float64".
        printed: What the form gives there.
        exact: What is right; of a form that is wrong, its own value on paper.
        wrong: Whether it is.
        onwards: "on" or "down" when it breaks at all inputs further out, too; else "".
        kept: What it gives there where numbers below the smallest normal one are kept, if that
            alone holds; None when it breaks there, too.
    """

    where: str
    precision: str
    printed: float
    exact: float
    wrong: bool
    onwards: str
    kept: float | None = None

    @property
    def severe(self) -> bool:
        """Whether it is inf or nan, and not digits alone."""
        return not np.isfinite(self.printed)

    @property
    def place(self) -> str:
        """Where it begins, in words."""
        return f"from {self.where} {self.onwards}" if self.onwards else f"at {self.where}"

    @property
    def short(self) -> str:
        """What it gives there, for a list."""
        gives = f"{words.value(self.printed)} " if self.severe or self.printed == 0 else ""
        return f"{gives}{self.place} ({self.precision})"

    def __str__(self) -> str:
        """Return it as a line of evidence."""
        printed, exact = words.value(self.printed), words.value(self.exact)
        digits = 7
        while printed == exact:  # they differ further on
            printed, exact = f"{self.printed:.{digits}g}", f"{self.exact:.{digits}g}"
            digits += 1
        stands = f"it says {exact} on paper" if self.wrong else f"{exact} is right"
        return f"{self.precision}: {printed} where {stands}, {self.place}{self._cause}"

    @property
    def _cause(self) -> str:
        if self.kept is None:
            return ""
        tiny = float(np.finfo(self.precision).tiny)
        return (
            f"; because compiled code takes numbers below {tiny:.3g} for 0: where they are kept, "
            f"it is {words.value(self.kept)}"
        )
