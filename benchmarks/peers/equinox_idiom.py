"""Equinox with ``filter_jit`` around the step, as its examples are written."""

import equinox as eqx
import jax
import optax

from benchmarks.engines import Train
from benchmarks.peers.batches import Batches
from benchmarks.peers.equinox_mlp import loss, network
from benchmarks.workloads import LEARNING_RATE, Workload


def prepare(workload: Workload) -> Train:
    batches, optimizer = Batches(workload), optax.adam(LEARNING_RATE)
    model = network(workload.sizes)
    state = optimizer.init(eqx.filter(model, eqx.is_inexact_array))

    @eqx.filter_jit
    def step(
        model: eqx.Module, state: optax.OptState, x: jax.Array, y: jax.Array
    ) -> tuple[eqx.Module, optax.OptState, jax.Array]:
        value, grads = eqx.filter_value_and_grad(loss)(model, x, y)
        updates, state = optimizer.update(grads, state, eqx.filter(model, eqx.is_inexact_array))
        return eqx.apply_updates(model, updates), state, value

    def train(epochs: int) -> float:
        nonlocal model, state
        for x, y in batches.of(epochs):
            model, state, value = step(model, state, x, y)
        return float(jax.block_until_ready((value, jax.tree.leaves(state)))[0])

    return train
