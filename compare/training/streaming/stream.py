"""What a stream is made of: where its rows come from, and what it is judged by."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Int

from functional_nn.datasets import Dataset, Splits, Stored

PROBE = 1024  # rows that accuracy and units are looked at on
BYTES = 2**26  # of a chunk, at most

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


class Batches:
    """Batches as somebody else makes them: in his order, of his choice.

    Args:
        make: An iterable that begins anew whenever it is asked (a list, a loader), or a function
            of the epoch, counted from 0, that returns one; of pairs (x, y).
        steps: Of an epoch; ``len`` of it where left out.
        classes: Number of classes; the first batch decides where left out.
    """

    def __init__(
        self,
        make: Iterable[Any] | Callable[[int], Iterable[Any]],
        steps: int | None = None,
        classes: int | None = None,
    ) -> None:
        if steps is None and not hasattr(make, "__len__"):
            raise ValueError(
                "batches have no length; say how many make up an epoch: Batches(loader, steps=1000)"
            )
        if isinstance(make, Iterator):
            raise ValueError(
                "batches come from an iterator, which a second epoch or a resumed run could not "
                "begin anew; give a function of the epoch that returns one: "
                "Batches(lambda epoch: loader(epoch), steps=1000)"
            )
        self._make, self._steps, self._classes = make, steps, classes

    def _of(self, epoch: int) -> Iterator[Any]:
        return iter(self._make(epoch) if callable(self._make) else self._make)

    def probe(self) -> Dataset:
        """Return the first batch of the first epoch."""
        try:
            x, y = next(self._of(0))
        except StopIteration:
            raise ValueError("there is no batch at all; wanted one at least.") from None
        first = Dataset(x, y, self._classes, "batches")
        self._classes = first.classes
        return first.select(slice(0, PROBE))

    def steps(self, batch_size: int) -> int:
        """Return the steps of an epoch."""
        return len(self._make) if self._steps is None else self._steps  # type: ignore[arg-type]

    def batches(self, picks: Picks, epoch: int, step: int, size: int) -> Iterator[Dataset]:
        """Yield the batches of an epoch; those before ``step`` are made and passed over."""
        wanted = self.steps(size)
        pairs = itertools.islice(self._of(epoch), step, wanted)
        count = step
        for x, y in pairs:
            batch = Dataset(x, y, self._classes, f"batch {count + 1} of epoch {epoch + 1}")
            if len(batch) != size:
                raise ValueError(f"{batch.name} has {len(batch)} rows; batch_size is {size}.")
            count += 1
            yield batch
        if count < wanted:
            raise ValueError(f"epoch {epoch + 1} ends after {count} batches; wanted {wanted}.")

    def content(self) -> str:
        """Return a digest of the first batch."""
        probe, found = self.probe(), hashlib.sha256()
        found.update(np.ascontiguousarray(probe.x).data)
        return f"batches {self._steps} {found.hexdigest()[:16]}"


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
