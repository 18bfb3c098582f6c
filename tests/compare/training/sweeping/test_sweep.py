"""Models trained at once are those trained one after the other."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.pictures import sweep as picture
from compare.pictures.files import save
from compare.training import SweepResult, sweep, train
from functional_nn import MLP
from functional_nn.datasets import Splits

RATES, SCALES, SEEDS = (0.003, 0.02), (0.5, 1.0), (0, 4, 7)


@pytest.fixture(scope="module")
def swept(mlp: MLP, blobs: Splits) -> SweepResult:
    with jax.enable_x64(False):
        return sweep(
            mlp, optax.adam, blobs, seeds=SEEDS, learning_rates=RATES, scales=SCALES, epochs=4,
            dtype="float64",
        )  # fmt: skip


def test_every_model_is_the_one_that_train_trains(
    swept: SweepResult, mlp: MLP, blobs: Splits
) -> None:
    assert len(swept) == 12
    models = zip(swept.seeds, swept.learning_rates, swept.scales, strict=True)
    assert len(set(models)) == 12
    for model in (0, 5, 10):
        seed, rate = int(swept.seeds[model]), float(swept.learning_rates[model])
        scale = float(swept.scales[model])
        with jax.enable_x64(True):
            first, _ = jax.random.split(jax.random.key(seed))
            drawn = mlp.init(first, np.float64)
            scaled = tuple(layer._replace(weight=layer.weight * scale) for layer in drawn)
        alone = train(
            mlp, optax.adam(rate), blobs, epochs=4, seed=seed, params=scaled, dtype="float64"
        )
        assert np.allclose(alone.history.loss, swept.loss[:, model], rtol=1e-10)
        held = swept.validation_loss[:, model]
        assert np.allclose(alone.history.validation_loss, held, rtol=1e-10)
        assert alone.test_accuracy == swept.test_accuracy[model]
        pairs = zip(*map(jax.tree.leaves, (alone.params, swept.params_of(model))), strict=True)
        assert all(np.allclose(a, b, rtol=1e-9, atol=1e-11) for a, b in pairs)


def test_spread_over_devices(mlp: MLP, blobs: Splits) -> None:
    """Three models on two devices: one is padded and dropped."""
    asked = {"seeds": (0, 1, 2), "learning_rates": [0.02], "epochs": 2}
    one = sweep(mlp, "adam", blobs, **asked)
    two = sweep(mlp, "adam", blobs, **asked, devices=jax.devices()[:2])
    assert two.devices == 2
    assert len(two) == len(one) == 3
    assert two.loss.shape == (2, 3)
    assert np.allclose(one.loss, two.loss, rtol=1e-5)
    assert np.allclose(one.test_loss, two.test_loss, rtol=1e-4)


def test_on_one_device_that_is_not_the_first(mlp: MLP, blobs: Splits) -> None:
    first = sweep(mlp, "adam", blobs, learning_rates=[0.02], epochs=2)
    third = sweep(
        mlp, "adam", blobs, learning_rates=[0.02], epochs=2, devices=jax.devices()[2:3]
    )  # fmt: skip
    assert third.params[0].weight.devices() == {jax.devices()[2]}
    assert np.array_equal(first.loss, third.loss)


def test_more_epochs_than_a_call_has_room_for(mlp: MLP, blobs: Splits) -> None:
    """The loss of every epoch is there, each the one that ``train`` has."""
    few = (blobs.train.x[:16], blobs.train.y[:16])
    found = sweep(mlp, optax.sgd, few, learning_rates=[0.02], epochs=600, batch_size=16)
    alone = train(mlp, optax.sgd(0.02), few, epochs=600, batch_size=16)
    assert np.allclose(found.loss[:, 0], alone.history.loss, rtol=1e-4)


def test_the_loss_is_told_in_float32_at_least(mlp: MLP, blobs: Splits) -> None:
    found = sweep(mlp, "adam", blobs, learning_rates=[0.02], epochs=2, dtype="bfloat16")
    assert not np.array_equal(found.loss, found.loss.astype(jnp.bfloat16).astype(np.float64))


def test_the_table_ranks_settings_and_tells_who_diverged(mlp: MLP, blobs: Splits) -> None:
    result = sweep(
        mlp, optax.sgd, blobs, seeds=(0, 1), learning_rates=[0.1, 1e-4, float(2**127)], epochs=3
    )
    table = result.table()
    assert [row[0] for row in table.rows] == ["0.1", "0.0001", "1.70141e+38"]
    assert [row[-1] for row in table.rows] == ["", "", "2"]
    assert result.finite.tolist() == [True, True, False] * 2
    assert result.learning_rates[result.best] == 0.1
    said = str(result)
    assert said.startswith("6 models, 21 steps each in ")
    assert said.splitlines()[-1].startswith("best: seed ")
    told = result.to_dict()
    assert told["best"] == result.best
    assert len(told["loss"]) == 3


def test_the_picture(swept: SweepResult, tmp_path: Path) -> None:
    figure = picture(swept)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert [line.get_label() for line in axes.lines if len(line.get_xdata()) == 2] == [
        "initial scale 0.5", "initial scale 1",
    ]  # fmt: skip
    assert save(figure, tmp_path / "sweep.svg").stat().st_size > 1000


BAD = [
    ({"seeds": ()}, ValueError, "seeds is empty; wanted at least one to try."),
    ({"learning_rates": [0.0]}, ValueError,
     "learning_rates is 0.0; wanted a finite number above 0."),
    ({"devices": []}, ValueError,
     "devices is empty; wanted at least one, as jax.devices() lists them."),
    ({"optimizer": "adma"}, ValueError, "unknown optimizer 'adma'; did you mean 'adamax'?"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "said"), BAD)
def test_bad_input(changes: dict, kind: type, said: str, mlp: MLP, blobs: Splits) -> None:
    asked = {"optimizer": "adam", "learning_rates": [0.1], **changes}
    with pytest.raises(kind) as refused:
        sweep(mlp, data=blobs, **asked)
    assert str(refused.value).startswith(said)


SINGLE = """
import numpy as np
from compare.training import sweep
from functional_nn import MLP

data = np.ones((8, 2), np.float32), np.zeros(8, np.int32)
for wrong in ({"learning_rates": 0.1}, {"seeds": 3}, {"devices": 2}):
    try:
        sweep(MLP((2, 3, 2)), "adam", data, **{"learning_rates": [0.1], "batch_size": 8} | wrong)
    except TypeError as error:
        print(error)
"""


def test_one_number_is_no_list_of_them() -> None:
    """In a process without the checker of types, which would speak first."""
    done = subprocess.run(
        [sys.executable, "-c", SINGLE], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "learning_rates is 0.1; wanted a sequence, as [0.1].",
        "seeds is 3; wanted a sequence, as [3].",
        "devices is 2; wanted a list of them, as jax.devices().",
    ]


def test_on_the_command_line(tmp_path: Path) -> None:
    import json

    from typer.testing import CliRunner

    from compare.cli.app import app

    def run(*options: str) -> Callable:
        return CliRunner().invoke(app, ["sweep", "--data", "xor", "--out", str(tmp_path), *options])

    good = run("--hidden", "4", "--epochs", "2", "--seeds", "2", "--learning-rates", "0.01,0.1")
    assert good.exit_code == 0, good.output
    assert "4 models, " in good.stdout
    assert {"sweep.png", "sweep.json"} <= {path.name for path in tmp_path.iterdir()}
    assert len(json.loads((tmp_path / "sweep.json").read_text())["seeds"]) == 4
    bad = run("--learning-rates", "fast")
    assert bad.exit_code == 2
    assert "--learning-rates is 'fast'; wanted numbers separated by commas" in bad.stderr
    many = run("--devices", "99")
    assert many.exit_code == 2
    assert "--devices is 99; there are 4, all cpu. To simulate them: XLA_FLAGS=" in many.stderr
    large = run("--batch", "5000")
    assert large.exit_code == 2
    assert "batch_size is 5000 and xor has" in large.stderr


@pytest.mark.parametrize("devices", [1, 2])
def test_it_is_the_same_however_many_epochs_a_call_runs(
    mlp: MLP, blobs: Splits, monkeypatch: pytest.MonkeyPatch, devices: int
) -> None:
    module = importlib.import_module("compare.training.sweeping.sweep")

    def found(beats: list[int]) -> SweepResult:
        monkeypatch.setattr(module, "next_beat", lambda parts, seconds: beats.pop(0))
        return sweep(
            mlp, "adam", blobs, seeds=(0, 1), learning_rates=[0.1], epochs=7,
            devices=jax.devices()[:devices],
        )  # fmt: skip

    one_by_one, several = found([1] * 7), found([4, 99, 1])
    for name in ("loss", "validation_loss", "validation_accuracy"):
        assert getattr(one_by_one, name).shape == (7, 2)
        assert np.array_equal(getattr(one_by_one, name), getattr(several, name))
    pairs = zip(*map(jax.tree.leaves, (one_by_one.params, several.params)), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_an_interrupted_sweep_says_so(
    mlp: MLP, blobs: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("compare.training.sweeping.sweep")
    monkeypatch.setattr(module, "stop_when_interrupted", lambda: nullcontext(lambda: True))
    found = sweep(mlp, "adam", blobs, learning_rates=[0.1], epochs=5)
    assert (found.interrupted, len(found.loss)) == (True, 1)
    assert ", interrupted after epoch 1" in str(found)
    assert found.to_dict()["interrupted"]


def test_an_interrupted_sweep_ends_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from compare.cli.app import app
    from compare.training import sweeping

    def one_epoch(*args: object, **options: object) -> SweepResult:
        return replace(sweep(*args, **options), interrupted=True)

    monkeypatch.setattr(sweeping, "sweep", one_epoch)
    options = ["--data", "xor", "--epochs", "2", "--seeds", "1", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, ["sweep", *options]).exit_code == 130
    assert (tmp_path / "sweep.png").is_file()
