"""The Jacobian of a network, by columns and by rows, against ``jax.jacfwd``."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP
from manual_backprop.jacobians import by_columns, by_rows
from manual_backprop.tangents import push

pytestmark = pytest.mark.usefixtures("x64")

SIZES = [
    pytest.param((3, 4, 2), id="all-different"),
    pytest.param((3, 3, 3), id="all-equal"),
    pytest.param((1, 5, 4), id="one-input"),
    pytest.param((4, 5, 1), id="one-output"),
    pytest.param((3, 2), id="linear"),
]


@pytest.mark.parametrize("sizes", SIZES)
def test_both_ways_agree_with_autodiff(sizes: tuple[int, ...]) -> None:
    mlp = MLP(sizes, activations="tanh", output="sigmoid", loss="squared_error")
    params = jax.jit(mlp.init, static_argnums=1)(jax.random.key(0), jnp.float64)
    x = jax.random.normal(jax.random.key(1), (5, sizes[0]), jnp.float64)
    wanted = jax.jit(jax.vmap(jax.jacfwd(lambda row: mlp.apply(params, row[None])[0])))(x)
    for way in (by_columns, by_rows):
        found = jax.jit(way, static_argnums=0)(mlp, params, x)
        assert found.shape == (5, sizes[-1], sizes[0])
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


def test_one_forward_sweep_is_one_column() -> None:
    mlp = MLP((3, 4, 2), activations="tanh")
    params = mlp.init(jax.random.key(0), jnp.float64)
    x = jax.random.normal(jax.random.key(1), (5, 3), jnp.float64)
    unit = jnp.broadcast_to(jnp.array([0.0, 1.0, 0.0]), x.shape)
    column = jax.jit(lambda x: push(mlp, params, x, x_dot=unit).tangent)(x)
    rows = jax.jit(by_rows, static_argnums=0)(mlp, params, x)
    np.testing.assert_allclose(column, rows[:, :, 1], rtol=1e-12)
