"""What makes a run another one: derivations, schedules, batches, settings; told by name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
import pytest

from compare.training import Batches, Stream, train
from compare.training.keeping import CheckpointError, code
from compare.training.keeping.described import described
from compare.training.keeping.identity import differences
from functional_nn import MLP
from functional_nn.datasets import Splits

Adam = optax.GradientTransformation
Goes = Callable[..., Any]

RATE = 0.1


def doubled(grads: Any) -> Any:
    return jax.tree.map(lambda g: g + g, grads)


def cancelled(grads: Any) -> Any:
    return jax.tree.map(lambda g: g - g, grads)


@pytest.fixture
def goes(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> Goes:
    """Train an epoch into a folder; with ``resume`` go on from there for another."""

    def run(resume: bool = False, optimizer: Any = adam, data: Any = blobs, **more: Any) -> Any:
        epochs = 2 if resume else 1
        kept = {"checkpoint": tmp_path / "kept", "resume": resume}
        return train(mlp, optimizer, data, epochs=epochs, **kept, **more)

    return run


def derivation(mlp: MLP, change: Callable[[Any], Any]) -> Callable[..., Any]:
    def by_hand(params: Any, x: Any, y: Any) -> Any:
        loss, grads = jax.value_and_grad(mlp.loss)(params, x, y)
        return loss, change(grads)

    return by_hand


def test_a_derivation_that_was_mended(goes: Goes, mlp: MLP) -> None:
    goes(gradient=derivation(mlp, doubled))
    with pytest.raises(CheckpointError, match=r"gradient\.change is 'doubled' there and 'cancelle"):
        goes(resume=True, gradient=derivation(mlp, cancelled))
    assert goes(resume=True, gradient=derivation(mlp, doubled)).resumed.epoch == 1


def test_instructions_are_told_apart() -> None:
    plus, again, minus = (
        described("f", function)
        for function in (lambda a, b: a + b, lambda a, b: a + b, lambda a, b: a - b)
    )
    assert plus == again
    other = [name for name in plus if plus[name] != minus[name]]
    assert other == [f"f code{code.INSTRUCTIONS}{code.PYTHON}"]


def test_those_of_another_python_are_not_compared() -> None:
    ours = described("f", lambda a: a)
    theirs = {name.replace(code.PYTHON, "3.99"): value for name, value in ours.items()}
    assert theirs != ours
    assert differences(theirs, ours) == []
    assert differences(theirs | {"f code": "other"}, ours) == [
        f"f code is 'other' there and {ours['f code']!r} here"
    ]


def test_what_a_function_uses_of_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = lambda step: RATE * step  # noqa: E731
    assert described("f", schedule)["f uses RATE"] == 0.1
    monkeypatch.setitem(globals(), "RATE", 5.0)
    assert described("f", schedule)["f uses RATE"] == 5.0

    def outer(grads: Any) -> Any:
        return inner_user(grads)

    assert described("f", outer)["f uses doubled"] == "doubled"
    assert not [name for name in described("f", outer) if "uses jax" in name]


def inner_user(grads: Any) -> Any:
    return doubled(inner_user(grads) if grads is None else grads)


def test_a_schedule_of_ones_own(goes: Goes) -> None:
    goes(optimizer=optax.sgd(lambda step: 0.1 / (1 + step)))
    with pytest.raises(CheckpointError, match="code, instructions of Python"):
        goes(resume=True, optimizer=optax.sgd(lambda step: 0.1 * (1 + step)))


def test_other_labels_in_batches(goes: Goes, blobs: Splits) -> None:
    def stream(shift: int) -> Stream:
        train_part = blobs.train
        y = (train_part.y + shift) % 3
        pairs = [(train_part.x[n : n + 32], y[n : n + 32]) for n in range(0, 224, 32)]
        return Stream(Batches(pairs, classes=3))

    goes(data=stream(0))
    with pytest.raises(CheckpointError, match="training data content is "):
        goes(resume=True, data=stream(1))


def test_what_the_caller_has_set_of_jax(goes: Goes, blobs: Splits) -> None:
    with jax.default_matmul_precision("bfloat16"):
        goes()
    with pytest.raises(CheckpointError, match="jax_default_matmul_precision is 'bfloat16' there"):
        goes(resume=True)
    other = replace(blobs, validation=blobs.validation.select(np.arange(3)))
    with pytest.raises(CheckpointError, match="validation data rows is 30 there and 3 here"):
        goes(resume=True, data=other)
