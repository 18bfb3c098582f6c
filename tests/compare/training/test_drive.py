"""From call to call: how many epochs each runs, and how a run is stopped."""

import signal
import sys
import threading
from typing import Any

import numpy as np
import optax
import pytest

from compare.training import History, train
from compare.training.data import on_device
from compare.training.drive import drive, next_beat
from compare.training.drive import on_device as on_device_forward
from compare.training.engine import Program, Run, begin, compiled
from compare.training.interrupts import stop_when_interrupted
from compare.training.progress import Watched
from compare.training.setup import set_up, start
from compare.training.step import Plan
from functional_nn import MLP
from functional_nn.datasets import Splits

Adam = optax.GradientTransformation


#                     epochs  seconds  next
@pytest.mark.parametrize(
    ("epochs", "seconds", "expected"),
    [
        (1, 0.0, 10),  # never more than ten times as many
        (1, 0.05, 5),
        (8, 0.25, 8),
        (8, 1.0, 2),
        (1, 60.0, 1),  # never none
    ],
)
def test_beats(epochs: int, seconds: float, expected: int) -> None:
    assert next_beat(epochs, seconds) == expected


def prepared(mlp: MLP, adam: Adam, blobs: Splits, room: int = 256) -> tuple:
    setup = set_up(
        mlp,
        adam,
        blobs,
        gradient="manual",
        batch_size=32,
        seed=0,
        params=None,
        dtype="float32",
        precision=None,
    )
    state, key = start(setup)
    data = on_device(setup.splits, setup.dtype)
    forward = on_device_forward(setup.plan, compiled(setup.plan), data, key)
    return forward, begin(setup.plan, state, data, room)


def test_it_is_watched_between_calls(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    seen: list[History] = []
    driven = drive(*prepared(mlp, adam, blobs), 40, lookers=[Watched(seen.append)])
    assert len(seen[0]) == 1
    assert len(seen[-1]) == 40
    assert np.array_equal(seen[0].loss, seen[-1].loss[:1])
    assert int(driven.run.epoch) == 40


def test_more_epochs_than_there_is_room_for(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    little, much = (drive(*prepared(mlp, adam, blobs, room), 40).history for room in (7, 256))
    assert little.epoch.tolist() == list(range(1, 41))
    assert np.array_equal(little.loss, much.loss)
    assert np.array_equal(little.gradient_norm, much.gradient_norm)


def test_it_stops_when_told(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    seen: list[History] = []
    driven = drive(
        *prepared(mlp, adam, blobs),
        40,
        lookers=[Watched(seen.append)],
        interrupted=lambda: bool(seen),
    )
    assert int(driven.run.epoch) == 1


def test_ctrl_c_hands_back_what_was_reached(
    mlp: MLP, adam: Adam, blobs: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def pressing(plan: Plan) -> Program:
        def program(*args: Any) -> Run:
            calls.append(int(args[-2]))
            if len(calls) == 3:  # the first compiles
                signal.raise_signal(signal.SIGINT)
            return compiled(plan)(*args)

        return program

    monkeypatch.setattr(sys.modules["compare.training.onward"], "compiled", pressing)
    before = signal.getsignal(signal.SIGINT)
    result = train(mlp, adam, blobs, epochs=1_000_000)
    assert result.stopped == "interrupted"
    assert calls[:2] == [0, 1]
    assert len(result.history) == calls[-1], "the call under way is finished"
    assert np.isfinite(result.history.loss).all()
    assert result.test_accuracy > 0.7
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_stops_at_once() -> None:
    with stop_when_interrupted() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_off_the_main_thread_nothing_is_touched() -> None:
    said = []

    def work() -> None:
        with stop_when_interrupted() as interrupted:
            said.append(interrupted())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == [False]
