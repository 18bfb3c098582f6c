"""Flax NNX with the "functional training loop" of its performance guide.

``nnx.split`` once, outside; the jitted step merges and hands back the state, donated.
"""

from functools import partial
from itertools import pairwise

import jax
import optax
from flax import nnx

from benchmarks.engines import Train
from benchmarks.peers.batches import Batches
from benchmarks.workloads import LEARNING_RATE, Workload


class Network(nnx.Module):
    def __init__(self, sizes: tuple[int, ...], rngs: nnx.Rngs) -> None:
        self.layers = nnx.List(nnx.Linear(*shape, rngs=rngs) for shape in pairwise(sizes))

    def __call__(self, x: jax.Array) -> jax.Array:
        for layer in self.layers[:-1]:
            x = nnx.relu(layer(x))
        return self.layers[-1](x)


def loss(model: Network, x: jax.Array, y: jax.Array) -> jax.Array:
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()


def prepare(workload: Workload) -> Train:
    batches, model = Batches(workload), Network(workload.sizes, nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(LEARNING_RATE), wrt=nnx.Param)
    graph, state = nnx.split((model, optimizer))

    @partial(jax.jit, donate_argnums=0)
    def step(state: nnx.State, x: jax.Array, y: jax.Array) -> tuple[nnx.State, jax.Array]:
        model, optimizer = nnx.merge(graph, state)
        value, grads = nnx.value_and_grad(loss)(model, x, y)
        optimizer.update(model, grads)
        return nnx.state((model, optimizer)), value

    def train(epochs: int) -> float:
        nonlocal state
        for x, y in batches.of(epochs):
            state, value = step(state, x, y)
        return float(jax.block_until_ready((value, state))[0])

    return train
