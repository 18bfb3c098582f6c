"""What the tests of training share: small problems, and exact refusals."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits, split


@pytest.fixture(scope="session")
def refuses() -> Callable:
    """Return a context in which an error must be raised, with exactly this message."""

    def context(error: type[Exception], message: str) -> pytest.RaisesExc:
        return pytest.raises(error, match=f"^{re.escape(message)}$")

    return context


@pytest.fixture(scope="session")
def blobs() -> Splits:
    """Three overlapping classes in five dimensions: 240, 30 and 30 rows."""
    random = np.random.default_rng(0)
    labels = np.arange(300, dtype=np.int32) % 3
    centers = random.normal(0, 1.5, (3, 5))
    rows = centers[labels] + random.normal(0, 1.0, (300, 5))
    return split(Dataset(rows.astype(np.float32), labels, 3, "blobs"))


@pytest.fixture(scope="session")
def mlp() -> MLP:
    """All sizes different from each other and from the batch."""
    return MLP((5, 7, 3), activations="tanh")
