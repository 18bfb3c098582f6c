"""Epochs of many models in one compiled call: the step of one, mapped over all.

    model    its own parameters, optimizer state, key, learning rate
    shared   the rows, the network, the optimizer's kind

Several devices take equal shares of the models; none needs to hear of another's.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jax.sharding import AxisType, Mesh, PartitionSpec
from jaxtyping import Array, Float, Int32

from compare.training.compiling import jitted
from compare.training.contexts import at_least_float32, matmul_precision, relaxed_promotion
from compare.training.data import Data
from compare.training.engine import ROOM
from compare.training.epoch import steps_over
from compare.training.gradients import ValueAndGrad
from compare.training.measure import Measured, measure
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, make_step
from functional_nn import MLP, Dense, RandomKey, Scalar

#: On the device or not.
Numbers: TypeAlias = Float[Array, "..."] | Float[np.ndarray, "..."]

#: Takes a learning rate.
Maker: TypeAlias = Callable[[Any], optax.GradientTransformation]


class Kind(NamedTuple):
    """What all models have in common; hashable, so that equal sweeps share a program."""

    mlp: MLP
    gradient: str | ValueAndGrad
    optimizer: Maker
    batch_size: int
    precision: str | None
    dtype: np.dtype[Any]
    devices: tuple[Any, ...]

    def plan(self, rate: Scalar) -> Plan:
        """Return the plan of a model with this learning rate."""
        with relaxed_promotion():
            optimizer = self.optimizer(rate)
        return Plan(self.mlp, self.gradient, optimizer, self.batch_size, self.precision)


class Models(NamedTuple):
    """One model, or many along a first axis.

    Attributes:
        state: Parameters and optimizer state.
        key: Draws its batches.
        rate: Its learning rate.
    """

    state: State
    key: RandomKey
    rate: Float[Array, "..."]


class Row(NamedTuple):
    """What an epoch brought to each model; or several, along a first axis."""

    loss: Numbers
    validation_loss: Numbers
    validation_accuracy: Numbers


def drawn(kind: Kind, seed_key: RandomKey, rate: Scalar, scale: Scalar) -> Models:
    """Return a model before its first step, as ``train`` draws it; weights times the scale."""
    init_key, key = jax.random.split(seed_key)
    params = tuple(
        Dense(layer.weight * scale.astype(layer.weight.dtype), layer.bias)
        for layer in kind.mlp.init(init_key, kind.dtype)
    )
    with relaxed_promotion():
        return Models(State(params, kind.plan(rate).optimizer.init(params)), key, rate)


def one_epoch(kind: Kind, model: Models, data: Data, epoch: Array) -> tuple[Models, Row]:
    """Run an epoch of one model."""
    picks = batches(epoch_key(model.key, epoch), len(data.train.x), kind.batch_size)
    step = make_step(kind.plan(model.rate))
    walked = steps_over(step, model.state, data.train.batch, picks, ends=jnp.bool_(True))
    dtype = at_least_float32(kind.dtype)
    nothing = jnp.full((), jnp.nan, dtype)
    found = Measured(nothing, nothing)
    if data.validation is not None:
        with matmul_precision(kind.precision):
            found = measure(kind.mlp, walked.state.params, *data.validation)
    row = Row(jnp.mean(walked.losses.astype(dtype)), found.loss, found.accuracy)
    return model._replace(state=walked.state), row


def some_epochs(
    kind: Kind, models: Models, data: Data, done: Int32[Array, ""], until: Int32[Array, ""]
) -> tuple[Models, Row]:
    """Run all models from so many epochs done until so many, no more than ``ROOM`` of them.

    What the first of them brought is in row 0.
    """
    all_of_them = jax.vmap(partial(one_epoch, kind), in_axes=(0, None, None))

    def epoch(standing: tuple[Array, Models, Row]) -> tuple[Array, Models, Row]:
        now, models, rows = standing
        models, row = all_of_them(models, data, now)
        rows = jax.tree.map(lambda kept, new: kept.at[now - done].set(new), rows, row)
        return now + 1, models, rows

    column = jnp.full((ROOM, len(models.rate)), jnp.nan, at_least_float32(kind.dtype))
    empty = Row(column, column, column)
    _, models, rows = lax.while_loop(lambda now: now[0] < until, epoch, (done, models, empty))
    return models, rows


class Programs(NamedTuple):
    """What runs on the device; ``epochs`` takes models, data, epochs done and to be done."""

    draw: Callable[..., Models]
    epochs: Callable[..., tuple[Models, Row]]


@lru_cache(maxsize=8)
def compiled(kind: Kind) -> Programs:
    """Return the programs of a sweep, each compiled at its first call."""
    draw = jax.vmap(lambda key, rate, scale: drawn(kind, key, rate, scale))
    epochs = partial(some_epochs, kind)
    if kind.devices != tuple(jax.devices()[:1]):
        mesh = mesh_of(kind.devices)
        mine, all_of_it = PartitionSpec("models"), PartitionSpec()
        draw = jax.shard_map(draw, mesh=mesh, in_specs=mine, out_specs=mine, check_vma=False)
        epochs = jax.shard_map(
            epochs, mesh=mesh, in_specs=(mine, all_of_it, all_of_it, all_of_it),
            out_specs=(mine, PartitionSpec(None, "models")), check_vma=False,
        )  # fmt: skip
    return Programs(jitted(draw), jitted(epochs, donate_argnums=0))


def mesh_of(devices: Sequence[Any]) -> Mesh:
    """Return the devices in a row."""
    return Mesh(np.array(devices), ("models",), axis_types=(AxisType.Auto,))
