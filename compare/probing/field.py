"""One input of the comparison: its value, and what other values it may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from compare.probing.structure import Fit

#: free: any float. bits: zeros and ones. few: the values that occur. shuffled: in another order.
#: fixed: left alone.
Kind: TypeAlias = Literal["free", "bits", "few", "shuffled", "fixed"]


@dataclass(frozen=True, eq=False)
class Field:
    """An input that a check may vary.

    Attributes:
        name: As the report names it.
        value: The caller's.
        kind: How it may be varied.
        fits: Make a proposed value what the caller's visibly is.
        differentiated: Whether a gradient is taken of it.
        low: For "few": the smallest value that may be drawn.
        markers: Whole numbers that the loss sets apart, and that do not occur.
    """

    name: str
    value: np.ndarray
    kind: Kind
    fits: tuple[Fit, ...] = ()
    differentiated: bool = False
    low: float = 0.0
    markers: tuple[int, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a single number."""
        return self.value.size == 1

    def fit(self, proposed: Any) -> np.ndarray:
        """Return the proposed value, made to be what the caller's visibly is."""
        for fit in self.fits:
            proposed = fit(np.asarray(proposed))
        return np.asarray(proposed, self.value.dtype)

    def scale(self) -> float:
        """Return how large the caller's value is; 1 when it is zero."""
        largest = float(np.abs(self.value).max()) if self.value.size else 0.0
        return largest if largest and np.isfinite(largest) else 1.0


def fitted(fields: Sequence[Field], inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return all inputs, each made to be what the caller's visibly is."""
    return [
        field.fit(value) if field.kind == "free" else value
        for field, value in zip(fields, inputs, strict=True)
    ]
