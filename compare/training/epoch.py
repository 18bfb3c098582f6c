"""One epoch: a scan over its batches, and a row of the record."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int32

from compare.training.contexts import at_least_float32, matmul_precision
from compare.training.data import Data, Rows
from compare.training.measure import Measured, measure
from compare.training.step import Plan, State, Step
from functional_nn import Dense, Params, Scalar

PROBE = 1024  # training rows, evenly spread, that the accuracy of an epoch is taken on


class Records(NamedTuple):
    """What is written down, a row an epoch."""

    loss: Float[Array, "..."]
    accuracy: Float[Array, "..."]
    validation_loss: Float[Array, "..."]
    validation_accuracy: Float[Array, "..."]
    gradient_norm: Float[Array, "... layers"]


def one_epoch(
    step: Step, state: State, train: Rows, picks: Int32[Array, "steps batch"]
) -> tuple[State, Float[Array, " steps"], Params]:
    """Scan over the batches; return the state, every loss and the last gradient."""

    def body(carry: tuple[State, Params], pick: Int32[Array, " batch"]) -> tuple[Any, Scalar]:
        stepped = step(carry[0], train.x[pick], train.y[pick])
        return (stepped.state, stepped.grads), stepped.loss

    nothing = jax.tree.map(jnp.zeros_like, state.params)
    (state, grads), losses = lax.scan(body, (state, nothing), picks)
    return state, losses, grads


def record(
    plan: Plan, params: Params, data: Data, losses: Float[Array, " steps"], grads: Params
) -> Records:
    """Measure what an epoch has brought."""
    every = -(-len(data.train.x) // PROBE)
    dtype = at_least_float32(data.train.x.dtype)
    with matmul_precision(plan.precision):
        train = measure(plan.mlp, params, data.train.x[::every], data.train.y[::every])
        validation = Measured(*[jnp.full((), jnp.nan, dtype)] * 2)
        if data.validation is not None:
            validation = measure(plan.mlp, params, data.validation.x, data.validation.y)
    return Records(
        loss=jnp.mean(losses, dtype=dtype),
        accuracy=train.accuracy,
        validation_loss=validation.loss,
        validation_accuracy=validation.accuracy,
        gradient_norm=jnp.stack([_norm(layer, dtype) for layer in grads]),
    )


def _norm(layer: Dense, dtype: np.dtype[Any]) -> Scalar:
    return jnp.sqrt(sum(jnp.sum(jnp.square(leaf.astype(dtype))) for leaf in layer))
