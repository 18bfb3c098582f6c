"""What a stream is made of: where its rows come from, and what it is judged by."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compare.training.streaming.batches import Batches
from compare.training.streaming.source import PROBE, Picks, Source
from functional_nn.datasets import Dataset, Splits, Stored

BYTES = 2**26  # of a chunk, at most


class FromFiles:
    """Rows in files, shuffled anew for every epoch as those in memory are."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def probe(self) -> Dataset:
        """Return rows spread evenly over the files."""
        every = -(-len(self._stored) // PROBE)
        return self._stored.take(np.arange(0, len(self._stored), every))

    def steps(self, batch_size: int) -> int:
        """Return the steps of an epoch; rows that do not fill a last batch sit it out."""
        if batch_size > len(self._stored):
            raise ValueError(
                f"batch_size is {batch_size} and {self._stored.name} has {len(self._stored)} rows "
                f"to train on; wanted 1..{len(self._stored)}."
            )
        return len(self._stored) // batch_size

    def batches(self, picks: Picks, epoch: int, step: int, size: int) -> Iterator[Dataset]:
        """Yield the batches that a run with all rows in memory would see."""
        for pick in picks(epoch)[step:]:
            yield self._stored.take(pick)

    def content(self) -> str:
        """Return shape and a digest of some rows."""
        probe, found = self.probe(), hashlib.sha256()
        for table in (probe.x, probe.y):
            found.update(np.ascontiguousarray(table).data)
        return f"{list(self._stored.x.shape)} {found.hexdigest()[:16]}"


@dataclass(frozen=True, eq=False)
class Stream:
    """Rows to learn from that are not all in memory, and some that are, to judge by.

    Attributes:
        rows: ``Stored`` rows, or ``Batches``.
        validation: Rows to judge by; None for none.
        test: Rows to look at once, at the end; None for none.
    """

    rows: Stored | Batches
    validation: Dataset | None = None
    test: Dataset | None = None

    def __post_init__(self) -> None:
        """Refuse rows that are neither."""
        if not isinstance(self.rows, (Stored, Batches)):
            raise TypeError(
                f"rows of a Stream are a {type(self.rows).__name__}; wanted stored_npy(x, y), "
                "stored_idx(images, labels) or Batches(...)."
            )

    @property
    def source(self) -> Source:
        """Where the rows come from."""
        return FromFiles(self.rows) if isinstance(self.rows, Stored) else self.rows

    @property
    def total_rows(self) -> int:
        """How many rows are shuffled; 0 where their maker orders them."""
        return len(self.rows) if isinstance(self.rows, Stored) else 0

    def splits(self) -> Splits:
        """Return some of the rows with those to judge by: what can be checked before training."""
        probe = self.source.probe()
        nothing = probe.select(slice(0, 0))
        return Splits(probe, self.validation or nothing, self.test or nothing)

    def most_steps(self, batch_size: int, n_features: int) -> int:
        """Return how many steps a chunk may hold."""
        return max(1, BYTES // (4 * batch_size * n_features))
