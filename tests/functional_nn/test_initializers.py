"""Initial weights have the standard deviation that their table says."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, initializers

N_IN, N_OUT = 400, 100
STANDARD_DEVIATION = {
    "he_normal": (2 / N_IN) ** 0.5,
    "he_uniform": (2 / N_IN) ** 0.5,
    "glorot_normal": (2 / (N_IN + N_OUT)) ** 0.5,
    "glorot_uniform": (2 / (N_IN + N_OUT)) ** 0.5,
    "lecun_normal": (1 / N_IN) ** 0.5,
    "lecun_uniform": (1 / N_IN) ** 0.5,
    "small_normal": 0.01,
    "zeros": 0.0,
}


def test_the_table_here_is_complete() -> None:
    assert initializers.keys() == STANDARD_DEVIATION.keys()


@pytest.mark.parametrize("name", initializers)
def test_standard_deviation_and_zero_biases(name: str) -> None:
    params = MLP((N_IN, N_OUT), initializer=name).init(jax.random.key(0))
    weight = np.asarray(params[0].weight)
    np.testing.assert_allclose(weight.std(), STANDARD_DEVIATION[name], rtol=0.02)
    assert abs(weight.mean()) <= 4 * STANDARD_DEVIATION[name] / weight.size**0.5
    assert not params[0].bias.any()


@pytest.mark.parametrize("name", ["he_uniform", "glorot_uniform", "lecun_uniform"])
def test_uniform_ones_are_bounded(name: str) -> None:
    weight = initializers[name](jax.random.key(0), (N_IN, N_OUT), jnp.float32)
    bound = 3**0.5 * STANDARD_DEVIATION[name]
    assert 0.99 * bound < np.abs(weight).max() <= bound * (1 + 1e-6)


def test_layers_are_drawn_apart_and_keys_decide() -> None:
    mlp = MLP((6, 6, 6))
    first, again, other = (mlp.init(jax.random.key(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[0].weight, again[0].weight)
    assert not (first[0].weight == other[0].weight).any()
    assert not (first[0].weight == first[1].weight).any()


@pytest.mark.parametrize("name", initializers)
def test_dtype(name: str) -> None:
    mlp = MLP((3, 2), initializer=name)
    for dtype in ("float16", "bfloat16", "float32"):
        shapes = jax.eval_shape(partial(mlp.init, dtype=dtype), jax.random.key(0))
        assert {leaf.dtype for leaf in jax.tree.leaves(shapes)} == {jnp.dtype(dtype)}
