"""Where the rows of a stream come from, and what is asked of it."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Int

from functional_nn.datasets import Dataset

PROBE = 1024  # rows that accuracy and units are looked at on

#: Rows of every batch of an epoch.
Picks: TypeAlias = Callable[[int], Int[np.ndarray, "steps batch"]]


@runtime_checkable
class Source(Protocol):
    """Where the rows of a stream come from."""

    def probe(self) -> Dataset:
        """Return some rows, the same whenever it is asked."""

    def steps(self, batch_size: int) -> int:
        """Return the steps of an epoch."""

    def batches(self, picks: Picks, epoch: int, step: int, size: int) -> Iterator[Dataset]:
        """Yield the batches of an epoch from a step on."""

    def content(self) -> str:
        """Return what tells it from another."""
