"""Training as users meet it."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import TrainResult, evaluate, train
from functional_nn import MLP
from functional_nn.datasets import Dataset, Splits
from manual_backprop import value_and_grad

Adam = optax.GradientTransformation


def leaves(result: TrainResult) -> list[np.ndarray]:
    return [np.asarray(leaf, np.float64) for leaf in jax.tree.leaves(result.params)]


def test_both_gradients_reach_the_same(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    manual, autodiff = (
        train(mlp, adam, blobs, gradient=name, epochs=15) for name in ("manual", "autodiff")
    )
    assert manual.test_accuracy == autodiff.test_accuracy >= 0.8
    assert np.allclose(manual.history.loss, autodiff.history.loss, rtol=1e-4)
    assert np.array_equal(manual.history.accuracy, autodiff.history.accuracy)
    assert (manual.gradient, autodiff.gradient) == ("manual", "autodiff")
    assert manual.stopped == autodiff.stopped == "epochs"


def test_what_comes_back(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(mlp, adam, blobs, epochs=6)
    history = result.history
    assert history.epoch.tolist() == [1, 2, 3, 4, 5, 6]
    assert history.gradient_norm.shape == (6, 2)
    assert (history.gradient_norm > 0).all()
    assert history.loss[-1] < history.loss[0]
    assert result.best_epoch == 1 + np.argmin(history.validation_loss)
    assert result.steps == 6 * 7, "240 rows are seven batches of 32"
    assert result.steps_per_second > 0
    assert result.compile_seconds > 0
    held = evaluate(mlp, result.params, blobs.test)
    assert (result.test_loss, result.test_accuracy) == held
    last = evaluate(mlp, result.params, blobs.validation)
    assert history.validation_loss[-1] == pytest.approx(last.loss, rel=1e-6)
    assert result.failure is None


def test_the_same_seed_the_same_run(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    one, same, other = (train(mlp, adam, blobs, epochs=2, seed=seed) for seed in (1, 1, 2))
    assert all(map(np.array_equal, leaves(one), leaves(same)))
    assert not any(map(np.array_equal, leaves(one), leaves(other)))


def test_ones_own_derivation_trains_the_same(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    def mine(params, x, y):
        return value_and_grad(mlp)(params, x, y)

    own, ours = (train(mlp, adam, blobs, epochs=3, gradient=g) for g in (mine, "manual"))
    assert all(map(np.array_equal, leaves(own), leaves(ours)))
    assert own.gradient == "mine"


def test_a_derivation_of_the_wrong_form_is_refused_while_tracing(
    mlp: MLP, adam: Adam, blobs: Splits
) -> None:
    with pytest.raises(TypeError, match="wanted \\(loss, grads\\) with a scalar loss"):
        train(mlp, adam, blobs, gradient=mlp.loss)


def test_parameters_to_begin_with_stay_the_callers(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    params = mlp.init(jax.random.key(9))
    before = [np.array(leaf) for leaf in jax.tree.leaves(params)]
    first = train(mlp, adam, blobs, epochs=1, params=params)
    again = train(mlp, adam, blobs, epochs=1, params=params)
    assert all(map(np.array_equal, before, jax.tree.leaves(params)))
    assert all(map(np.array_equal, leaves(first), leaves(again)))


@pytest.mark.parametrize(
    ("dtype", "gradient"),
    [
        ("float64", "manual"),
        ("float64", "autodiff"),
        ("bfloat16", "manual"),
        ("float16", "autodiff"),
    ],
)
def test_other_dtypes(dtype: str, gradient: str, mlp: MLP, adam: Adam, blobs: Splits) -> None:
    optimizer = optax.sgd(0.3) if dtype == "float16" else adam  # adam's eps is 0 in float16
    result = train(mlp, optimizer, blobs, gradient=gradient, dtype=dtype, epochs=6)
    assert {leaf.dtype for leaf in jax.tree.leaves(result.params)} == {jnp.dtype(dtype)}
    assert result.history.loss[-1] < 0.8 * result.history.loss[0]
    assert result.test_accuracy > 0.7
    assert jnp.asarray(1.0).dtype == jnp.float32, "float64 is off again"


def test_early_stopping_hands_back_the_best(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    few = Splits(blobs.train.select(slice(0, 12)), blobs.validation, blobs.test)  # to overfit
    result = train(mlp, optax.adam(0.1), few, epochs=200, batch_size=4, patience=7)
    losses = result.history.validation_loss
    assert result.stopped == "early"
    assert result.best_epoch == 1 + np.argmin(losses) == len(losses) - 7
    best = evaluate(mlp, result.params, blobs.validation).loss
    assert best == pytest.approx(losses.min(), rel=1e-6)
    assert int(result.opt_state[0].count) == result.best_epoch * 3


def test_small_gains_do_not_count(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(mlp, adam, blobs, epochs=50, patience=3, min_delta=0.5)
    assert (result.stopped, result.best_epoch, len(result.history)) == ("early", 1, 4)


def test_a_data_set_without_other_parts(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(mlp, adam, blobs.train, epochs=3)
    assert np.isnan(result.history.validation_loss).all()
    assert np.isnan([result.test_loss, result.test_accuracy]).all()
    assert result.best_epoch == 3


@pytest.mark.parametrize("strict", [jax.debug_nans, jax.debug_infs], ids=["nan", "inf"])
def test_what_is_not_there_yet_may_be_nan(
    strict: Callable, mlp: MLP, adam: Adam, blobs: Splits
) -> None:
    with strict(True):
        assert train(mlp, adam, blobs.train, epochs=1).stopped == "epochs"


def test_a_pair_of_values_to_fit(adam: Adam) -> None:
    x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    mlp = MLP((1, 16, 1), activations="tanh", loss="half_squared_error")
    result = train(mlp, adam, (x, np.sin(3 * x[:, 0])), epochs=60, batch_size=16)
    assert result.history.loss[-1] < 0.02 < result.history.loss[0]
    assert np.isnan(result.history.accuracy).all()


def test_two_classes(adam: Adam) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 2)).astype(np.float32)
    data = Dataset(x, (x.sum(axis=1) > 0).astype(int), 2)
    result = train(MLP((2, 8, 1), loss="binary_cross_entropy"), adam, data, epochs=15)
    assert result.history.accuracy[-1] > 0.95


def test_one_batch_of_all_rows(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(mlp, optax.sgd(0.5), blobs, epochs=50, batch_size=240)
    assert result.steps == 50
    assert (np.diff(result.history.loss) < 0).all(), "no batch is easier than another"


def test_precision_is_passed_on(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    plain, highest = (
        train(mlp, adam, blobs, epochs=2, precision=p) for p in (None, jax.lax.Precision.HIGHEST)
    )
    for one, other in zip(leaves(plain), leaves(highest), strict=True):
        assert np.allclose(one, other, atol=1e-5)


REFUSED = [
    (
        {"gradient": "manuel"},
        "unknown gradient 'manuel'; did you mean 'manual'? known: autodiff, manual",
    ),
    ({"epochs": 0}, "epochs is 0; wanted a whole number of at least 1."),
    ({"batch_size": 0}, "batch_size is 0; wanted a whole number of at least 1."),
    (
        {"batch_size": 241},
        "batch_size is 241 and blobs has 240 rows to train on; wanted 1..240.",
    ),
    ({"seed": -1}, "seed is -1; wanted a whole number of at least 0."),
    ({"patience": 0}, "patience is 0; wanted a whole number of at least 1."),
    ({"min_delta": -0.5}, "min_delta is -0.5; wanted a finite number of at least 0."),
    (
        {"dtype": "float8"},
        (
            "unknown dtype 'float8'; did you mean 'float64'? "
            "known: bfloat16, float16, float32, float64"
        ),
    ),
    (
        {"params": ()},
        (
            "params are a tuple of 0; wanted 2 pairs (weight, bias), "
            "as mlp.init makes for sizes [5, 7, 3]."
        ),
    ),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=lambda value: str(value)[:20])
def test_refused(
    given: dict, message: str, mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable
) -> None:
    with refuses(ValueError, message):
        train(mlp, adam, blobs, **given)


def test_patience_without_validation_rows(
    mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable
) -> None:
    message = (
        "patience is 3 and the data have no validation rows to judge by; "
        "split them: functional_nn.datasets.split(dataset)."
    )
    with refuses(ValueError, message):
        train(mlp, adam, blobs.train, patience=3)
