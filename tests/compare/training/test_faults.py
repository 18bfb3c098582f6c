"""A planted nan or infinity is found: the step, the node, and what is kept."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import TrainResult, train
from compare.training.shuffle import batches, epoch_key
from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits

MARK = 50.0  # in the first column of one row
SEED = 4
BATCH = 5  # which that row comes in first


@pytest.fixture(scope="module")
def marked(blobs: Splits) -> Dataset:
    _, key = jax.random.split(jax.random.key(SEED))
    row = batches(epoch_key(key, 0), 240, 32)[BATCH - 1, 3]
    x = np.array(blobs.train.x)
    x[row, 0] = MARK
    return replace(blobs.train, x=x)


def spoilt(mlp: MLP, change: Callable) -> Callable:
    """A derivation that is wrong where the marked row is in the batch."""

    def mine(params, x, y):
        loss, grads = jax.value_and_grad(mlp.loss)(params, x, y)
        return jax.lax.cond(jnp.any(x[:, 0] == MARK), change, lambda *same: same, loss, grads)

    return mine


def in_bias_1(grads: tuple) -> tuple:
    return grads[0], grads[1]._replace(bias=grads[1].bias.at[2].set(jnp.inf))


def check_kept(result: TrainResult, steps: int) -> None:
    """The parameters are those that so many undisturbed steps reach."""
    assert result.stopped == "non-finite"
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(result.params))
    assert int(result.opt_state[0].count) == steps


PLANTED = [
    pytest.param(lambda loss, grads: (jnp.nan * loss, grads), "loss", "loss is nan", id="loss"),
    pytest.param(
        lambda loss, grads: (loss, in_bias_1(grads)),
        "gradient[1].bias",
        "gradient[1].bias [3] is inf at [2], 1 of its 3 elements are not finite",
        id="gradient",
    ),
]


@pytest.mark.parametrize(("change", "node", "words"), PLANTED)
def test_a_planted_fault(
    change: Callable, node: str, words: str, mlp: MLP, marked: Dataset
) -> None:
    result = train(mlp, optax.adam(0.01), marked, gradient=spoilt(mlp, change), epochs=3, seed=SEED)
    failure = result.failure
    assert (failure.step, failure.epoch, failure.batch) == (BATCH, 1, BATCH)
    assert failure.node == node
    assert failure.message == (
        f"step {BATCH} (epoch 1, batch {BATCH}): {words}. "
        "The parameters before that step are kept. Try a smaller learning rate, or clip the "
        "gradient: optax.chain(optax.clip_by_global_norm(1.0), optimizer)."
    )
    check_kept(result, BATCH - 1)
    assert len(result.history) == 0
    assert str(result).endswith(failure.message)


def test_a_fault_in_a_later_epoch(mlp: MLP, marked: Dataset) -> None:
    """The optimizer's own fault, in step 10 of batches of 32: epoch 2, batch 3."""
    rates = jnp.where(jnp.arange(20) == 9, jnp.inf, 0.01)
    result = train(mlp, optax.adam(lambda count: rates[count]), marked, epochs=3, seed=SEED)
    failure = result.failure
    assert (failure.step, failure.epoch, failure.batch) == (10, 2, 3)
    assert failure.node == "update[0].weight"
    check_kept(result, 9)
    assert len(result.history) == 1
    assert result.best_epoch == 1


@pytest.mark.parametrize(
    ("gradient", "loss"), [("manual", "softmax_cross_entropy"), ("autodiff", "half_squared_error")]
)
def test_an_overflow_going_forward(gradient: str, loss: str, marked: Dataset) -> None:
    mlp = MLP((5, 7, 3), loss=loss)
    huge = replace(marked, x=np.where(marked.x == MARK, np.float32(3e38), marked.x))
    params = jax.tree.map(lambda leaf: 10 * leaf, mlp.init(jax.random.key(0)))
    result = train(
        mlp, optax.adam(0.01), huge, gradient=gradient, epochs=2, params=params, seed=SEED
    )
    assert result.failure.step == BATCH
    assert result.failure.node == "z1"
    check_kept(result, BATCH - 1)


def test_an_overflow_in_the_loss_alone(marked: Dataset) -> None:
    mlp = MLP((5, 7, 3), activations="relu", loss="squared_error")
    large = replace(marked, x=np.where(marked.x == MARK, np.float32(1e25), marked.x))
    result = train(mlp, optax.adam(0.01), large, epochs=2, seed=SEED)
    assert result.failure.node == "loss"
    assert result.failure.step == BATCH


def test_divergence_is_caught_and_the_best_kept(blobs: Splits) -> None:
    mlp = MLP((5, 7, 3), activations="identity", loss="half_squared_error")
    result = train(mlp, optax.chain(optax.trace(0.9), optax.sgd(5.0)), blobs, epochs=50)
    assert result.stopped == "non-finite"
    assert result.failure.step > 1
    assert result.failure.epoch == len(result.history) + 1
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(result.params))


def test_numbers_that_the_optimizer_mends_stop_nothing(mlp: MLP, marked: Dataset) -> None:
    mending = optax.apply_if_finite(optax.adam(0.01), 10)
    wrong = spoilt(mlp, lambda loss, grads: (loss, in_bias_1(grads)))
    result = train(mlp, mending, marked, gradient=wrong, epochs=2, seed=SEED)
    assert result.stopped == "epochs"
    assert result.failure is None
