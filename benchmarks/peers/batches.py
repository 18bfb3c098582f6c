"""Shuffled batches from host memory, as the training loops of the JAX libraries take them."""

from collections.abc import Iterator

import numpy as np

from benchmarks.workloads import Workload, rows_of


class Batches:
    """Batches of an epoch: each row once, in an order of its own."""

    def __init__(self, workload: Workload) -> None:
        self.x, self.y = rows_of(workload)
        self.batch, self.steps = workload.batch, workload.steps
        self.random = np.random.default_rng(1)

    def of(self, epochs: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Return the batches of so many epochs, one after the other."""
        for _ in range(epochs):
            order = self.random.permutation(len(self.x)).reshape(self.steps, self.batch)
            for pick in order:
                yield self.x[pick], self.y[pick]
