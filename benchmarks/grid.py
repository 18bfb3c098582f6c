"""Correct derivations to ask about: every activation, loss, depth, precision and seed."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from functional_nn import MLP, Dense, activations, losses

SIZES = {1: (4, 3), 2: (4, 5, 3), 3: (4, 5, 6, 3), 4: (4, 5, 6, 7, 3)}  # by depth
DTYPES = ("float32", "bfloat16", "float64")
BATCH = 6


@dataclass(frozen=True)
class Cell:
    """One derivation at one point.

    Attributes:
        activation: Of the hidden layers; of the output where there are none.
        loss: Name of the loss.
        depth: Number of layers.
        dtype: Working precision.
        seed: Of the draws, and what else comes in: 1 a penalty, 2 row weights, 3 both, 4 neither
            but a start at zero, where every kink lies.
    """

    activation: str
    loss: str
    depth: int
    dtype: str
    seed: int

    @property
    def mlp(self) -> MLP:
        """The network."""
        output = self.activation if self.depth == 1 else "identity"
        penalty = 0.1 if self.seed in (1, 3) else 0.0
        return MLP(SIZES[self.depth], self.activation, output, self.loss, l2=penalty)

    def precision(self) -> AbstractContextManager[Any]:
        """Return the context in which arrays of this precision may be made."""
        return jax.enable_x64(self.dtype == "float64")

    def inputs(self) -> tuple[Any, ...]:
        """Return (params, x, y), and row weights with some seeds."""
        mlp = self.mlp.replace(initializer="zeros") if self.seed == 4 else self.mlp
        inputs = draw(mlp, BATCH, self.seed, self.dtype, zero=self.seed == 4)
        return inputs if self.seed in (2, 3) else inputs[:3]

    def __str__(self) -> str:
        """Return what it is, in words."""
        layers = f"{self.depth} layer" + "s" * (self.depth > 1)
        return f"{self.activation}, {self.loss}, {layers}, {self.dtype}, seed {self.seed}"


def cells(seeds: int = 5) -> Iterator[Cell]:
    """Yield the whole grid."""
    for choice in itertools.product(activations, losses, SIZES, DTYPES, range(seeds)):
        yield Cell(*choice)


def draw(mlp: MLP, batch: int, seed: int, dtype: str, zero: bool = False) -> tuple[Any, ...]:
    """Draw (params, x, y, row weights) at a generic point: biases are not zero, unless asked."""
    keys = jax.random.split(jax.random.key(seed), 5)
    noise = jax.random.normal(keys[0], (sum(mlp.sizes),), dtype) * (0.0 if zero else 0.5)
    params = tuple(
        Dense(layer.weight, noise[n : n + layer.bias.size])
        for n, layer in enumerate(mlp.init(keys[1], dtype))
    )
    x = jax.random.normal(keys[2], (batch, mlp.sizes[0]), dtype)
    weights = jax.random.uniform(keys[4], (batch,), dtype, 0.1)
    return params, x, _targets(mlp, batch, keys[3], dtype), weights


def _targets(mlp: MLP, batch: int, key: jax.Array, dtype: str) -> jax.Array:
    n_out = mlp.sizes[-1]
    match mlp.loss_name:
        case "softmax_cross_entropy" if n_out > 1:
            return jax.random.randint(key, (batch,), 0, n_out)
        case "binary_cross_entropy" | "hinge" | "softmax_cross_entropy":
            return jax.random.bernoulli(key, 0.5, (batch, n_out)).astype(jnp.int32)
        case _:
            return jax.random.normal(key, (batch, n_out), dtype)
