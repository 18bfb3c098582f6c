"""The compiled run: what a plain loop over the same batches does, compiled once."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training.data import on_device
from compare.training.engine import ROOM, Run, begin, compiled
from compare.training.measure import evaluate
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, initial_state, make_step
from functional_nn import MLP
from functional_nn.datasets import Splits

Adam = optax.GradientTransformation
KEY = jax.random.key(5)
FLOAT32 = np.dtype(np.float32)


def ran(plan: Plan, splits: Splits, *until: int, room: int = ROOM) -> Run:
    data = on_device(splits, FLOAT32)
    run = begin(plan, initial_state(plan, plan.mlp.init(KEY)), data, room)
    for epoch in until:
        run = compiled(plan)(run, data, KEY, np.int32(epoch))
    return run


def by_hand(plan: Plan, splits: Splits, epochs: int) -> tuple:
    """Return state, losses of the last epoch and its last gradient, one step at a time."""
    step = make_step(plan)
    state = initial_state(plan, plan.mlp.init(KEY))
    for epoch in range(epochs):
        losses = []
        for pick in batches(epoch_key(KEY, epoch), len(splits.train), plan.batch_size):
            stepped = step(state, *(jnp.asarray(a)[pick] for a in (splits.train.x, splits.train.y)))
            state = stepped.state
            losses.append(stepped.loss)
    return state, losses, stepped.grads


@pytest.mark.parametrize("gradient", ["manual", "autodiff"])
def test_it_is_the_plain_loop(gradient: str, mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plan = Plan(mlp, gradient, adam, 32)
    run = ran(plan, blobs, 2)
    state, losses, grads = by_hand(plan, blobs, 2)
    for ours, plain in zip(*map(jax.tree.leaves, (run.state, state)), strict=True):
        assert np.allclose(ours, plain, rtol=1e-4, atol=1e-6)
    assert run.records.loss[1] == pytest.approx(np.mean(losses), rel=1e-5)
    norms = [np.sqrt(sum((np.asarray(leaf) ** 2).sum() for leaf in layer)) for layer in grads]
    assert np.allclose(run.records.gradient_norm[1], norms, rtol=1e-4)
    held = evaluate(mlp, state.params, blobs.validation)
    assert run.records.validation_loss[1] == pytest.approx(held.loss, rel=1e-5)
    assert run.records.validation_accuracy[1] == pytest.approx(held.accuracy, abs=1e-6)
    fitted = evaluate(mlp, state.params, blobs.train).accuracy
    assert run.records.accuracy[1] == pytest.approx(fitted, abs=1e-6)
    assert np.isnan(run.records.loss[2:]).all()


def test_in_one_call_or_several(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plan = Plan(mlp, "manual", adam, 32)
    at_once, in_turn = ran(plan, blobs, 3), ran(plan, blobs, 0, 1, 1, 2, 3)
    for one, other in zip(*map(jax.tree.leaves, (at_once, in_turn)), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_it_compiles_once(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    traces = []

    def counted(params, x, y):
        traces.append(x.shape)
        return jax.value_and_grad(mlp.loss)(params, x, y)

    ran(Plan(mlp, counted, adam, 32, patience=2), blobs, 0, 1, 2, 3, 4)
    assert traces == [(32, 5)]
    ran(Plan(mlp, counted, adam, 32, patience=2), blobs, 0, 1)
    assert len(traces) == 1, "an equal plan has its program already"


def test_a_call_that_wants_nothing_does_nothing(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    run = ran(Plan(mlp, "manual", adam, 32), blobs, 0)
    assert int(run.epoch) == 0
    for ours, drawn in zip(*map(jax.tree.leaves, (run.state.params, mlp.init(KEY))), strict=True):
        assert np.array_equal(ours, drawn)


def test_the_old_state_is_donated(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plan, data = Plan(mlp, "manual", adam, 32), on_device(blobs, FLOAT32)
    run = begin(plan, initial_state(plan, mlp.init(KEY)), data)
    compiled(plan)(run, data, KEY, np.int32(1))
    assert run.state.params[0].weight.is_deleted()
    assert not data.train.x.is_deleted()


def test_the_records_of_the_last_epochs_are_kept(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plan = Plan(mlp, "manual", adam, 32)
    much, little = ran(plan, blobs, 9), ran(plan, blobs, 9, room=7)
    assert np.array_equal(little.records.loss[:2], much.records.loss[7:9])
    assert np.array_equal(little.records.loss[2:], much.records.loss[2:7])
