"""A planted nan or infinity is found: the step, the node, and what is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import TrainResult, train
from compare.training.shuffle import batches, epoch_key
from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits

SEED = 4
BATCH = 5  # which the marked row comes in first, of seven batches of 32
LATER = 10  # the step at which the learning rate is infinite: epoch 2, batch 3

SQUARES = MLP((5, 7, 3), loss="half_squared_error")
RATES = np.where(np.arange(1, 50) == LATER, np.inf, 0.01).astype(np.float32)
DESCENT = optax.sgd(lambda count: jnp.asarray(RATES)[count])

#: What the first column of the marked row holds, by what it does to the derivation below.
SPOILS_LOSS, SPOILS_GRADIENT = 50.0, 60.0


def derivation(params: tuple, x: jax.Array, y: jax.Array) -> tuple:
    """A right derivation, spoilt where the batch holds one of two marks."""
    loss, (first, last) = jax.value_and_grad(SQUARES.loss)(params, x, y)
    loss = jnp.where(jnp.any(x[:, 0] == SPOILS_LOSS), jnp.nan, loss)
    spoilt = last.bias.at[2].set(jnp.inf)
    bias = jnp.where(jnp.any(x[:, 0] == SPOILS_GRADIENT), spoilt, last.bias)
    return loss, (first, last._replace(bias=bias))


@pytest.fixture(scope="module")
def marked(blobs: Splits) -> Callable:
    """Return the training rows with something else in the first column of one row."""
    _, key = jax.random.split(jax.random.key(SEED))
    row = batches(epoch_key(key, 0), 240, 32)[BATCH - 1, 3]

    def with_mark(mark: float) -> Dataset:
        x = np.array(blobs.train.x)
        x[row, 0] = mark
        return replace(blobs.train, x=x)

    return with_mark


def trained(
    data: Dataset, optimizer: optax.GradientTransformation = DESCENT, **options: Any
) -> TrainResult:
    return train(SQUARES, optimizer, data, gradient=derivation, epochs=3, seed=SEED, **options)


def check_kept(result: TrainResult, steps: int) -> None:
    """The parameters are those that so many undisturbed steps reach."""
    assert result.stopped == "non-finite"
    assert result.steps == steps
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(result.params))
    assert int(result.opt_state[1].count) == steps


PLANTED = [
    pytest.param(SPOILS_LOSS, "loss", "loss is nan", id="loss nan"),
    pytest.param(
        SPOILS_GRADIENT,
        "gradient[1].bias",
        "gradient[1].bias [3] is inf at [2], 1 of its 3 elements are not finite",
        id="gradient inf",
    ),
    pytest.param(1e25, "loss", "loss is inf", id="loss overflows"),
]


@pytest.mark.parametrize(("mark", "node", "words"), PLANTED)
def test_a_planted_fault(mark: float, node: str, words: str, marked: Callable) -> None:
    result = trained(marked(mark))
    failure = result.failure
    assert (failure.step, failure.epoch, failure.batch) == (BATCH, 1, BATCH)
    assert failure.node == node
    assert failure.message == (
        f"step {BATCH} (epoch 1, batch {BATCH}): {words}. "
        "The parameters before that step are kept. Try a smaller learning rate, or clip the "
        "gradient: optax.chain(optax.clip_by_global_norm(1.0), optimizer)."
    )
    check_kept(result, BATCH - 1)
    assert len(result.history) == result.best_epoch == 0
    assert str(result).endswith(failure.message)


def test_an_overflow_going_forward(marked: Callable) -> None:
    first, last = SQUARES.init(jax.random.key(0))
    doubling = first._replace(weight=first.weight.at[0].set(2.0))
    result = trained(marked(3.4e38), params=(doubling, last))
    assert result.failure.node == "z1"
    assert result.failure.step == BATCH
    check_kept(result, BATCH - 1)


def test_a_fault_in_a_later_epoch(blobs: Splits) -> None:
    result = trained(blobs.train)
    failure = result.failure
    assert (failure.step, failure.epoch, failure.batch) == (LATER, 2, 3)
    assert failure.node == "update[0].weight"
    check_kept(result, LATER - 1)
    assert len(result.history) == result.best_epoch == 1


def test_numbers_that_the_optimizer_mends_stop_nothing(marked: Callable) -> None:
    result = trained(marked(SPOILS_GRADIENT), optax.apply_if_finite(optax.sgd(0.01), 10))
    assert result.stopped == "epochs"
    assert result.failure is None


def test_divergence_is_caught(blobs: Splits) -> None:
    mlp = MLP((5, 7, 3), activations="identity", loss="half_squared_error")
    result = train(mlp, optax.sgd(5.0), blobs, epochs=50)
    assert result.stopped == "non-finite"
    assert result.failure.step > 1
    assert result.failure.epoch == len(result.history) + 1
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(result.params))
