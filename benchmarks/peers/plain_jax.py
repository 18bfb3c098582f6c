"""JAX and optax without a library: one jitted step with donated state, called from Python.

As in the JAX documentation, "Training a simple neural network", with donation.
"""

from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import optax

from benchmarks.engines import Train
from benchmarks.peers.batches import Batches
from benchmarks.workloads import LEARNING_RATE, Workload

Params: TypeAlias = list[tuple[jax.Array, jax.Array]]
optimizer = optax.adam(LEARNING_RATE)


def init(sizes: tuple[int, ...]) -> Params:
    keys = jax.random.split(jax.random.key(0), len(sizes) - 1)
    draw = jax.nn.initializers.he_normal()
    return [
        (draw(key, shape), jnp.zeros(shape[1]))
        for key, shape in zip(keys, pairwise(sizes), strict=True)
    ]


def loss(params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
    for W, b in params[:-1]:
        x = jax.nn.relu(x @ W + b)
    W, b = params[-1]
    return optax.softmax_cross_entropy_with_integer_labels(x @ W + b, y).mean()


@partial(jax.jit, donate_argnums=(0, 1))
def step(params: Params, state: Any, x: jax.Array, y: jax.Array) -> tuple[Params, Any, jax.Array]:
    value, grads = jax.value_and_grad(loss)(params, x, y)
    updates, state = optimizer.update(grads, state, params)
    return optax.apply_updates(params, updates), state, value


def prepare(workload: Workload) -> Train:
    batches, params = Batches(workload), init(workload.sizes)
    state = optimizer.init(params)

    def train(epochs: int) -> float:
        nonlocal params, state
        for x, y in batches.of(epochs):
            params, state, value = step(params, state, x, y)
        return float(jax.block_until_ready((value, params))[0])

    return train
