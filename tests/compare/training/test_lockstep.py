"""Both engines at once: together when right, apart at once when wrong."""

from collections.abc import Callable

import jax
import numpy as np
import optax
import pytest

from compare.training import lockstep, train
from functional_nn import MLP
from functional_nn.datasets import Splits
from manual_backprop import value_and_grad


@pytest.mark.parametrize(
    ("activations", "loss", "optimizer"),
    [
        (("relu", "gelu"), "softmax_cross_entropy", optax.adam(0.01)),
        (("tanh", "elu"), "half_squared_error", optax.sgd(0.1, momentum=0.9)),
    ],
)
def test_200_steps_in_float64(
    activations: tuple, loss: str, optimizer: optax.GradientTransformation, blobs: Splits
) -> None:
    mlp = MLP((5, 8, 7, 3), activations=activations, loss=loss, l2=1e-3)
    result = lockstep(mlp, optimizer, blobs, steps=200)
    assert result.worst.size < 1e-9
    assert result.together
    assert result.first_apart is None
    assert result.difference.shape == (200, 6)
    assert np.allclose(result.loss_manual, result.loss_autodiff, rtol=1e-9)
    assert result.loss_manual[-1] < result.loss_manual[0]
    assert result.steps.tolist() == list(range(1, 201))


def off_by(factor: float) -> Callable:
    def change(grads: tuple) -> tuple:
        return grads[0], grads[1]._replace(bias=factor * grads[1].bias)

    return change


def wrong(mlp: MLP, change: Callable) -> Callable:
    def mine(params, x, y):
        loss, grads = value_and_grad(mlp)(params, x, y)
        return loss, change(grads)

    return mine


def test_a_fault_of_a_millionth_parts_them_at_the_first_step(mlp: MLP, blobs: Splits) -> None:
    params = mlp.init(jax.random.key(7))
    result = lockstep(
        mlp,
        optax.sgd(0.1),
        blobs,
        steps=20,
        batch_size=240,
        params=params,
        gradient=wrong(mlp, off_by(1 + 1e-6)),
    )
    loss = mlp.loss(params, blobs.train.x, blobs.train.y)
    assert result.loss_manual[0] == pytest.approx(float(loss), rel=1e-6)
    assert result.first_apart == 1
    assert result.leaf_names == tuple(
        f"params[{n}].{part}" for n in (0, 1) for part in ("weight", "bias")
    )
    assert (result.difference[0] > 1e-10).tolist() == [False, False, False, True]
    assert result.worst.leaf == "params[1].bias"
    assert result.worst.size == result.difference.max()
    assert result.difference[result.worst.step - 1, 3] == result.worst.size
    assert str(result) == (
        f"mine and autodiff part at step 1; they differ most in params[1].bias after step "
        f"{result.worst.step}: {result.worst.size:.2e} relative."
    )


def test_a_nan_is_no_agreement(mlp: MLP, blobs: Splits) -> None:
    result = lockstep(mlp, optax.sgd(0.1), blobs, steps=3, gradient=wrong(mlp, off_by(np.nan)))
    assert result.first_apart == 1
    assert np.isnan(result.worst.size)
    assert result.worst[:2] == ("params[1].bias", 1)


def test_the_batches_are_those_of_train(
    mlp: MLP, adam: optax.GradientTransformation, blobs: Splits
) -> None:
    """240 rows are seven batches of 32: the first epoch's losses have the epoch's mean."""
    walked = lockstep(mlp, adam, blobs, steps=21, seed=3, dtype="float32")
    trained = train(mlp, adam, blobs, epochs=3, seed=3)
    assert np.allclose(walked.loss_manual.reshape(3, 7).mean(axis=1), trained.history.loss)
    assert walked.together
    assert str(walked) == (
        "manual and autodiff stay together for 21 steps in float32; they differ most in "
        f"{walked.worst.leaf} after step {walked.worst.step}: {walked.worst.size:.2e} relative."
    )


def test_bfloat16(mlp: MLP, blobs: Splits) -> None:
    assert lockstep(mlp, optax.sgd(0.1), blobs, steps=50, dtype="bfloat16").together


def test_no_steps_are_refused(mlp: MLP, blobs: Splits, refuses: Callable) -> None:
    with refuses(ValueError, "steps is 0; wanted a whole number of at least 1."):
        lockstep(mlp, optax.sgd(0.1), blobs, steps=0)
