"""What is trained: four networks, and digits of the right width to train them on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Workload:
    """A network, its batch, and how many batches make an epoch.

    All are relu networks under softmax cross-entropy, trained with Adam in float32.

    Attributes:
        sizes: Units of each layer.
        batch: Rows of a step.
        steps: Steps of an epoch.
        rounds: Turns of each engine, at most: an epoch of a wide network takes seconds.
    """

    sizes: tuple[int, ...]
    batch: int
    steps: int = 200
    rounds: int = 100

    @property
    def name(self) -> str:
        return "-".join(map(str, self.sizes))

    @property
    def rows(self) -> int:
        return self.batch * self.steps


#: Epochs as long as those of the data that such networks are trained on: the 60,000 rows of MNIST,
#: half of them for the widest. The smallest gets 6,400.
WORKLOADS = (
    Workload((64, 32, 10), batch=32),
    Workload((784, 128, 10), batch=64, steps=937),
    Workload((784, 512, 512, 10), batch=128, steps=468),
    Workload((784, 2048, 2048, 2048, 10), batch=256, steps=117, rounds=5),
)


def rows_of(
    workload: Workload,
) -> tuple[Float32[np.ndarray, "rows n_in"], Int32[np.ndarray, " rows"]]:
    """Return inputs and labels: scikit-learn's digits, enlarged and repeated to the size asked."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    pick = np.random.default_rng(0).integers(0, len(images), workload.rows)
    side = round(workload.sizes[0] ** 0.5)
    nearest = np.arange(side) * 8 // side
    square = (images / 16).astype(np.float32).reshape(-1, 8, 8)[:, nearest][:, :, nearest]
    x = square.reshape(len(images), -1)[pick]
    return np.ascontiguousarray(x), labels[pick].astype(np.int32)
