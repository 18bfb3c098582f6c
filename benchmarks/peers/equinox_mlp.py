"""Equinox with the "low-overhead training loop" of its documentation.

Model and optimizer state cross the jit boundary as flat lists of arrays, donated.
"""

from functools import partial
from itertools import pairwise

import equinox as eqx
import jax
import optax

from benchmarks.engines import Train
from benchmarks.peers.batches import Batches
from benchmarks.workloads import LEARNING_RATE, Workload


def network(sizes: tuple[int, ...]) -> eqx.nn.Sequential:
    keys = jax.random.split(jax.random.key(0), len(sizes) - 1)
    layers: list[eqx.Module] = []
    for key, (n_in, n_out) in zip(keys, pairwise(sizes), strict=True):
        layers += [eqx.nn.Linear(n_in, n_out, key=key), eqx.nn.Lambda(jax.nn.relu)]
    return eqx.nn.Sequential(layers[:-1])


def loss(model: eqx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    logits = jax.vmap(model)(x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def prepare(workload: Workload) -> Train:
    batches, optimizer = Batches(workload), optax.adam(LEARNING_RATE)
    arrays, static = eqx.partition(network(workload.sizes), eqx.is_inexact_array)
    flat, tree = jax.tree.flatten((arrays, optimizer.init(arrays)))

    @partial(jax.jit, donate_argnums=0)
    def step(
        flat: list[jax.Array], x: jax.Array, y: jax.Array
    ) -> tuple[list[jax.Array], jax.Array]:
        arrays, state = jax.tree.unflatten(tree, flat)
        model = eqx.combine(arrays, static)
        value, grads = eqx.filter_value_and_grad(loss)(model, x, y)
        updates, state = optimizer.update(grads, state, arrays)
        return jax.tree.leaves((eqx.apply_updates(arrays, updates), state)), value

    def train(epochs: int) -> float:
        nonlocal flat
        for x, y in batches.of(epochs):
            flat, value = step(flat, x, y)
        return float(jax.block_until_ready((value, flat))[0])

    return train
