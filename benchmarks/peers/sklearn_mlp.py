"""scikit-learn's MLPClassifier: ``partial_fit`` is one epoch, freshly shuffled.

Its L2 penalty is switched off; the loss it returns is the mean of the epoch.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.engines import Train
from benchmarks.workloads import LEARNING_RATE, Workload, rows_of


def prepare(workload: Workload) -> Train:
    x, y = rows_of(workload)
    model = MLPClassifier(
        workload.sizes[1:-1],
        solver="adam",
        alpha=0.0,
        batch_size=workload.batch,
        learning_rate_init=LEARNING_RATE,
        random_state=0,
    )
    classes = np.arange(workload.sizes[-1])

    def train(epochs: int) -> float:
        for _ in range(epochs):
            model.partial_fit(x, y, classes=classes)
        return float(model.loss_)

    return train
