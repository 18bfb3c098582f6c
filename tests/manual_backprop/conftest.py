"""Float64 where a test asks for it, and problems drawn at generic points."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import pytest

from functional_nn import MLP, Dense, Params


class Problem(NamedTuple):
    """A point at which to compare: biases are not zero, sizes differ, rows are several."""

    params: Params
    x: jax.Array
    y: jax.Array

    def in_dtype(self, dtype: Any) -> "Problem":
        params, x = jax.tree.map(lambda leaf: leaf.astype(dtype), self[:2])
        y = self.y.astype(dtype) if jnp.issubdtype(self.y.dtype, jnp.floating) else self.y
        return Problem(params, x, y)


def _draw(mlp: MLP, batch: int = 6, seed: int = 0) -> Problem:
    keys = jax.random.split(jax.random.key(seed), 4)
    noise = jax.random.normal(keys[0], (sum(mlp.sizes),))
    params = tuple(
        Dense(layer.weight, 0.5 * noise[n : n + layer.bias.size])
        for n, layer in enumerate(mlp.init(keys[1], noise.dtype))
    )
    x = jax.random.normal(keys[2], (batch, mlp.sizes[0]))
    n_out = mlp.sizes[-1]
    if "squared" in mlp.loss_name:
        y = jax.random.normal(keys[3], (batch, n_out))
    else:
        y = jax.random.randint(keys[3], (batch,), 0, max(2, n_out))
        y = jnp.zeros_like(y) if n_out == 1 and "softmax" in mlp.loss_name else y
    return Problem(params, x, y)


@pytest.fixture
def x64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@pytest.fixture
def draw() -> Callable[..., Problem]:
    """Return ``draw(mlp, batch=6, seed=0)``."""
    return _draw
