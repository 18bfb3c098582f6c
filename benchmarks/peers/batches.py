"""Shuffled batches from host memory, as the training loops of the JAX libraries take them."""

from collections.abc import Iterator

import numpy as np

from benchmarks.workloads import Workload, rows_of


class Batches:
    """Every iteration is an epoch: each row once, in an order of its own."""

    def __init__(self, workload: Workload) -> None:
        self.x, self.y = rows_of(workload)
        self.batch, self.steps = workload.batch, workload.steps
        self.random = np.random.default_rng(1)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        order = self.random.permutation(len(self.x)).reshape(self.steps, self.batch)
        for pick in order:
            yield self.x[pick], self.y[pick]
