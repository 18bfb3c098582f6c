"""z = u W + b, component by component."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import Dense
from functional_nn.dense import forward

W = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))


def test_components() -> None:
    u, b = ((1.0, -1.0, 2.0), (0.0, 0.5, 1.0)), (10.0, 20.0)
    wanted = [[sum(u[n][i] * W[i][o] for i in range(3)) + b[o] for o in (0, 1)] for n in (0, 1)]
    np.testing.assert_array_equal(forward(Dense(jnp.array(W), jnp.array(b)), jnp.array(u)), wanted)


def test_a_layer_is_a_pytree_of_two_named_leaves() -> None:
    leaves = jax.tree.leaves_with_path(Dense(jnp.array(W), jnp.zeros(2)))
    assert [jax.tree_util.keystr(path) for path, _ in leaves] == [".weight", ".bias"]


def test_one_row_is_no_vector() -> None:
    layer = Dense(jnp.array(W), jnp.zeros(2))
    assert forward(layer, jnp.ones((1, 3))).shape == (1, 2)
    with pytest.raises(TypeError, match="u"):  # by the shapes in its signature
        forward(layer, jnp.ones(3))
