"""What comes back, in columns, numbers and words."""

import json
from dataclasses import replace

import jax
import numpy as np
import pytest

from compare.training import History, NonFinite, TrainResult
from functional_nn import MLP


@pytest.fixture
def history() -> History:
    numbers = np.array([0.9, 0.4, 0.5])
    return History(
        epoch=np.arange(1, 4),
        loss=numbers,
        accuracy=1 - numbers,
        validation_loss=numbers[::-1].copy(),
        validation_accuracy=np.full(3, np.nan),
        gradient_norm=np.ones((3, 2)),
        update_ratio=np.full((3, 2), 1e-3),
        dead=np.zeros((3, 2)),
        saturated=np.full((3, 2), np.nan),
    )


def empty(history: History) -> History:
    return History(*(getattr(history, name)[:0] for name in history.__dataclass_fields__))


def test_the_best_epoch(history: History) -> None:
    assert history.best() == 2
    assert replace(history, validation_loss=np.array([0.1, 0.2, 0.3])).best() == 1
    assert replace(history, validation_loss=np.full(3, np.nan)).best() == 2
    assert empty(history).best() == 0


def test_as_plain_lists(history: History) -> None:
    columns = json.loads(json.dumps(history.to_dict()))
    assert columns["epoch"] == [1, 2, 3]
    assert columns["gradient_norm"] == [[1.0, 1.0]] * 3


@pytest.fixture
def result(history: History, mlp: MLP) -> TrainResult:
    return TrainResult(
        mlp=mlp,
        params=mlp.init(jax.random.key(0)),
        opt_state=(),
        history=history,
        gradient="manual",
        stopped="epochs",
        best_epoch=2,
        test_accuracy=0.975,
        test_loss=0.25,
        seconds=0.5,
        compile_seconds=1.0,
        steps=1500,
    )


def test_in_words(result: TrainResult) -> None:
    assert str(result) == (
        "manual: 3 epochs, 1500 steps in 0.50 s (3,000 a second); stopped: epochs; loss 0.5, "
        "test loss 0.25, test accuracy 97.50%"
    )


def test_in_words_when_it_failed(result: TrainResult, history: History) -> None:
    failed = replace(
        result,
        history=empty(history),
        steps=0,
        seconds=0.0,
        test_loss=np.nan,
        test_accuracy=np.nan,
        stopped="non-finite",
        failure=NonFinite(4, 1, 4, "z2", "step 4 (epoch 1, batch 4): z2 is inf."),
    )
    assert str(failed) == (
        "manual: 0 epochs, 0 steps in 0.00 s (0 a second); stopped: non-finite\n"
        "step 4 (epoch 1, batch 4): z2 is inf."
    )
