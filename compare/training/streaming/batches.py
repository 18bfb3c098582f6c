"""Batches that somebody else makes: a loader, a list, a function of the epoch."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from compare.training.data import classes_for
from compare.training.streaming.source import PROBE, Picks
from functional_nn.datasets import Dataset


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
        self._outputs = 1
        self._columns: tuple[int, int | None] | None = None

    def _of(self, epoch: int) -> Iterator[Any]:
        made = self._make(epoch) if callable(self._make) else self._make
        try:
            return iter(made)
        except TypeError:
            raise TypeError(
                f"the batches of epoch {epoch + 1} are a {type(made).__name__}; wanted an iterable "
                "of pairs (x, y)."
            ) from None

    def _checked(self, given: Any, name: str) -> Dataset:
        """Return a batch as rows, which must be as those of the first one."""
        if not (isinstance(given, (tuple, list)) and len(given) == 2):
            raise TypeError(f"{name} is a {type(given).__name__}; wanted a pair (x, y).")
        x, y = given
        try:
            batch = Dataset(x, y, self._classes or classes_for(y, self._outputs), name)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from error
        columns = _columns(batch)
        if self._columns not in (None, columns):
            there, here = (_in_words(*each) for each in (self._columns, columns))
            raise ValueError(f"{name} has {here}; the first one has {there}.")
        return batch

    def made_for(self, outputs: int) -> None:
        """Have as many classes as a network has outputs, if nobody has said how many there are.

        The first batch, which is all that is known, need not hold every class.
        """
        self._outputs = outputs

    def probe(self) -> Dataset:
        """Return the first batch of the first epoch."""
        try:
            given = next(self._of(0))
        except StopIteration:
            raise ValueError("there is no batch at all; wanted one at least.") from None
        first = self._checked(given, "batch 1 of epoch 1")
        self._classes = first.classes
        self._columns = _columns(first)
        return replace(first.select(slice(0, PROBE)), name="batches")

    def steps(self, batch_size: int) -> int:
        """Return the steps of an epoch."""
        return len(self._make) if self._steps is None else self._steps  # type: ignore[arg-type]

    def batches(self, picks: Picks, epoch: int, step: int, size: int) -> Iterator[Dataset]:
        """Yield the batches of an epoch; those before ``step`` are made and passed over."""
        wanted = self.steps(size)
        pairs = itertools.islice(self._of(epoch), step, wanted)
        count = step
        for given in pairs:
            batch = self._checked(given, f"batch {count + 1} of epoch {epoch + 1}")
            if len(batch) != size:
                raise ValueError(
                    f"{batch.name} has {len(batch)} rows; batch_size is {size}. Leave a smaller "
                    "last one out (a PyTorch DataLoader: drop_last=True)."
                )
            count += 1
            yield batch
        if count < wanted:
            raise ValueError(f"epoch {epoch + 1} ends after {count} batches; wanted {wanted}.")

    def content(self) -> str:
        """Return a digest of the first batch."""
        probe, found = self.probe(), hashlib.sha256()
        for table in (probe.x, probe.y):
            found.update(np.ascontiguousarray(table).data)
        return f"batches {self._steps} {found.hexdigest()[:16]}"


def _columns(batch: Dataset) -> tuple[int, int | None]:
    """Return the features of a row, and its values; None where it has a label."""
    return batch.n_features, batch.n_targets if batch.has_values else None


def _in_words(features: int, values: int | None) -> str:
    return f"{features} features and {'labels' if values is None else f'{values} values'} a row"
