"""What a network says of a test part: counts, mistakes, the plane."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.pages.reading import GRID, read
from functional_nn import MLP, Dense
from functional_nn.datasets import Dataset, digits, split
from functional_nn.datasets.loading import load


def params_saying(class_number: int, classes: int, features: int) -> tuple[Dense]:
    """A network that says the same of every row."""
    bias = jnp.zeros(classes).at[class_number].set(1.0)
    return (Dense(jnp.zeros((features, classes)), bias),)


def test_counts_and_mistakes_of_pictures() -> None:
    data = split(digits()).test
    reading = read(MLP((64, 10)), params_saying(3, 10, 64), data)
    threes = int((data.y == 3).sum())
    assert reading.rows == len(data)
    assert reading.counts is not None
    np.testing.assert_array_equal(reading.counts.sum(axis=1), np.bincount(data.y, minlength=10))
    assert reading.counts[:, 3].sum() == len(data)
    assert len(reading.misreads) == len(data) - threes
    first = reading.misreads[0]
    assert (first.said, first.margin) == ("3", 1.0)
    assert first.true == str(data.y[first.row])
    np.testing.assert_array_equal(first.pixels.ravel(), data.x[first.row])
    assert reading.plane is None


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge", "half_squared_error"])
def test_one_output_stands_for_class_1(loss: str) -> None:
    data = load("circles").test
    level = 0.6 if loss == "half_squared_error" else 0.1
    params = (Dense(jnp.zeros((2, 1)), jnp.full(1, level)),)
    reading = read(MLP((2, 1), loss=loss), params, data)
    assert reading.counts is not None
    np.testing.assert_array_equal(reading.counts.sum(axis=0), [0, len(data)])


def test_the_plane_reaches_beyond_every_row_and_says_what_the_network_says() -> None:
    data = load("xor").test
    mlp = MLP((2, 5, 2), activations="tanh")
    params = mlp.init(jax.random.key(0))
    plane = read(mlp, params, data).plane
    assert plane is not None
    assert plane.margin.shape == (GRID, GRID)
    assert plane.across[0] < data.x[:, 0].min() < data.x[:, 0].max() < plane.across[-1]
    assert plane.up[0] < data.x[:, 1].min() < data.x[:, 1].max() < plane.up[-1]
    there = jnp.array([[plane.across[7], plane.up[90]]], dtype=jnp.float32)
    outputs = mlp.apply(params, there)[0]
    np.testing.assert_allclose(plane.margin[90, 7], outputs[1] - outputs[0], rtol=1e-5)


def test_values_have_no_classes_to_count() -> None:
    data = Dataset(np.ones((4, 2), np.float32), np.ones((4, 1), np.float32))
    mlp = MLP((2, 1), loss="squared_error")
    reading = read(mlp, mlp.init(jax.random.key(0)), data)
    assert (reading.rows, reading.counts, reading.misreads) == (4, None, ())
