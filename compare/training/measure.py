"""Loss and accuracy of a network on many rows, a chunk at a time."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from compare.training.contexts import at_least_float32, matmul_precision, width
from functional_nn import MLP, Params, Scalar, accuracy, targets
from functional_nn.datasets import Dataset, fits

CHUNK = 4096  # rows at once: 32 MB for a layer of 2048 units


class Measured(NamedTuple):
    """How good a network is on some rows, on the device.

    Attributes:
        loss: Mean over the rows, penalty included.
        accuracy: Share of rows classified right; nan where there are no classes.
    """

    loss: Scalar
    accuracy: Scalar


class Metrics(NamedTuple):
    """The same, as plain numbers."""

    loss: float
    accuracy: float


def evaluate(
    mlp: MLP, params: Params, dataset: Dataset, *, precision: str | None = None
) -> Metrics:
    """Return loss and accuracy on all rows of a data set, from one compiled call.

    Args:
        mlp: The network.
        params: Its parameters; inputs are cast to their dtype.
        dataset: At least one row that fits the network.
        precision: Of every matrix product, as ``jax.default_matmul_precision`` takes it.

    Raises:
        ValueError: If there are no rows, or they do not fit the network.
    """
    fits(dataset, mlp.sizes, mlp.loss_name)
    dtype = jnp.result_type(params[0].weight)
    with width(dtype), matmul_precision(precision):
        x, y = jnp.asarray(dataset.x, dtype), jnp.asarray(dataset.y)
        found = _compiled(mlp, params, x, y)
    return Metrics(float(found.loss), float(found.accuracy))


def measure(
    mlp: MLP, params: Params, x: Float[Array, "rows n_in"], y: Array, most: int = CHUNK
) -> Measured:
    """Return loss and accuracy, in float32 at least; to be traced.

    Args:
        mlp: The network.
        params: Its parameters.
        x: Inputs.
        y: Targets, as ``MLP.loss`` takes them.
        most: Rows at once, at most.
    """
    rows = x.shape[0]
    chunks = -(-rows // most)
    size = rows // chunks

    def add(total: Measured, start: Array | int, count: int) -> Measured:
        part = [lax.dynamic_slice_in_dim(array, start, count) for array in (x, y)]
        found = _measure_at_once(mlp, params, *part)
        return Measured(*(t + count / rows * f for t, f in zip(total, found, strict=True)))

    total = Measured(*[jnp.zeros((), at_least_float32(x.dtype))] * 2)
    total = lax.fori_loop(0, chunks, lambda i, total: add(total, i * size, size), total)
    rest = rows - chunks * size
    return add(total, chunks * size, rest) if rest else total


def _measure_at_once(mlp: MLP, params: Params, x: Array, y: Array) -> Measured:
    dtype = at_least_float32(x.dtype)
    u = mlp.apply(params, x).astype(dtype)
    t = targets.encode(mlp.loss_name, y, u)
    weights = jax.tree.map(lambda leaf: leaf.astype(dtype), params)  # for the penalty
    return Measured(mlp.objective(weights, u, t), accuracy(u, t, mlp.loss_name))


_compiled = partial(jax.jit, static_argnames="mlp")(measure)
