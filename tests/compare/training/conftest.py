"""What the tests of training share: small problems, and exact refusals."""

import re
from collections.abc import Callable, Iterator

import jax
import numpy as np
import optax
import pytest

from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits, split


@pytest.fixture(scope="package", autouse=True)
def _compiled_fast() -> Iterator[None]:
    """Leave out LLVM's expensive passes: these tests compile for longer than they run.

    What was compiled in one way is forgotten in the other: their last bits differ.
    """
    jax.clear_caches()
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
    jax.clear_caches()


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
def adam() -> optax.GradientTransformation:
    """One optimizer for all: equal plans share a program, and compiling takes most of the time."""
    return optax.adam(0.02)


@pytest.fixture(scope="session")
def mlp() -> MLP:
    """All sizes different from each other and from the batch."""
    return MLP((5, 7, 3), activations="tanh")
