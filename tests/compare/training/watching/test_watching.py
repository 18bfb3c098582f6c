"""Those who look at a run: files of its history, TensorBoard, the proof-reader, the trace."""

import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import optax
import pytest

from compare.training import SaveError, train
from compare.training.drive import Standing
from compare.training.history import History
from compare.training.watching import HistoryFile, Proofreader
from functional_nn import MLP
from functional_nn.datasets import Splits

Adam = optax.GradientTransformation


@pytest.fixture
def written(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> tuple[History, Path]:
    """Two sessions of one run, with a history file in each form, and TensorBoard."""
    for epochs in (2, 4):
        for ending in ("csv", "jsonl"):
            result = train(
                mlp, adam, blobs, epochs=epochs, checkpoint=tmp_path / ending, resume=True,
                history_file=tmp_path / f"history.{ending}", tensorboard=tmp_path / f"tb-{ending}",
            )  # fmt: skip
    return result.history, tmp_path


def test_history_files_and_tensorboard(written: tuple[History, Path]) -> None:
    history, place = written
    with (place / "history.csv").open() as file:
        table = list(csv.DictReader(file))
    objects = [json.loads(line) for line in (place / "history.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in table] == ["1", "2", "3", "4"], "each once, over two sessions"
    assert [row["epoch"] for row in objects] == [1, 2, 3, 4]
    for row, each in zip(table, objects, strict=True):
        place_of = each["epoch"] - 1
        assert float(row["loss"]) == each["loss"] == history.loss[place_of]
        assert float(row["gradient_norm[2]"]) == history.gradient_norm[place_of, 1]
        assert row["saturated[2]"] == ""
        assert each["saturated[2]"] is None
        assert each["saturated[1]"] == history.saturated[place_of, 0]
    events = {(tag, step): value for tag, step, value in read_back(place / "tb-csv")}
    for epoch in range(1, 5):
        assert events["loss", epoch] == pytest.approx(history.loss[epoch - 1])
        assert events["update_ratio/layer2", epoch] == pytest.approx(
            history.update_ratio[epoch - 1, 1]
        )
    assert not any(tag == "saturated/layer2" for tag, _ in events), "nan is not written"


def read_back(folder: Path) -> list[tuple[str, int, float]]:
    """Read TensorBoard's files: records of a length, its checksum, an event, its checksum."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for file in sorted(folder.glob("events*")):
        content, place = file.read_bytes(), 0
        while place < len(content):
            size = int.from_bytes(content[place : place + 8], "little")
            event = Event.FromString(content[place + 12 : place + 12 + size])
            found += [(v.tag, event.step, v.simple_value) for v in event.summary.value]
            place += size + 16
    return found


def test_the_history_is_written_as_it_goes(tmp_path: Path) -> None:
    def columns(epochs: int) -> History:
        number, layers = np.arange(1.0, epochs + 1), np.ones((epochs, 2))
        return History(np.arange(1, epochs + 1), *[number] * 4, *[layers] * 4)

    path = tmp_path / "history.csv"
    file = HistoryFile(path)
    assert path.read_text() == ""
    for epochs in (1, 1, 3):
        file.look(Standing(None, epochs, columns(epochs), 0.0))
        assert len(path.read_text().splitlines()) == 1 + epochs


def test_a_history_file_that_cannot_be(tmp_path: Path, refuses: Callable) -> None:
    with refuses(
        ValueError, "history_file is 'history.txt'; wanted a name that ends in .csv or .jsonl."
    ):
        HistoryFile(Path("history.txt"))
    said = (
        f"the history cannot be written to {tmp_path / 'x.csv'}: Is a directory. "
        "Make room, or give another file."
    )
    (tmp_path / "x.csv").mkdir()
    with refuses(SaveError, said):
        HistoryFile(tmp_path / "x.csv")
    said = (
        f"the history cannot be written to {tmp_path / 'no' / 'h.csv'}: No such file or directory. "
        "Make room, or give another file."
    )
    with refuses(SaveError, said):
        HistoryFile(tmp_path / "no" / "h.csv")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("tensorboard", "nothing can be written for TensorBoard to {}: Not a directory. "),
        ("profile", "the trace cannot be written to {}: Not a directory. "),
    ],
)
def test_folders_that_cannot_be(
    option: str, said: str, mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable
) -> None:
    (tmp_path / "file").write_text("in the way")
    where = tmp_path / "file" / "x"
    with refuses(SaveError, said.format(where) + "Make room, or give another folder."):
        train(mlp, adam, blobs, epochs=1, **{option: where})


def test_a_full_disk_stops_a_run_that_is_watched_in_tensorboard(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path
) -> None:
    """It did not stop once: a thread of tensorboardX had ended, and all waited for it."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))
    try:
        with pytest.raises(SaveError, match=r"for TensorBoard to .*: File too large\. Make room"):
            train(mlp, adam, blobs, epochs=9, tensorboard=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_without_tensorboards_writer(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    said = (
        "tensorboard is asked for, and tensorboardX, which writes its files, is not installed: "
        "pip install 'handgrad[tensorboard]'."
    )
    with refuses(ValueError, said):
        train(mlp, adam, blobs, epochs=1, tensorboard=tmp_path)


def test_a_right_derivation_is_read_and_goes_on(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    result = train(mlp, adam, blobs, epochs=5, verify_every=2)
    assert [found.epoch for found in result.verified] == [2, 4]
    assert all(found.report.agrees for found in result.verified)
    assert result.stopped == "epochs"
    plain = train(mlp, adam, blobs, epochs=5)
    assert np.array_equal(plain.history.loss, result.history.loss), "it changes nothing"


def test_a_derivation_that_turns_wrong_stops_the_run(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    start = mlp.init(jax.random.key(0))

    def derivation(params: tuple, x: jax.Array, y: jax.Array) -> tuple:
        """Forget the sum over the batch as soon as the last bias has grown."""
        loss, (first, last) = jax.value_and_grad(mlp.loss)(params, x, y)
        grown = jax.numpy.abs(params[-1].bias).max() > 0.02
        factor = jax.numpy.where(grown, 1 / x.shape[0], 1.0)
        return loss, (first, last._replace(bias=last.bias * factor))

    result = train(mlp, adam, blobs, gradient=derivation, epochs=9, params=start, verify_every=3)
    assert result.stopped == "wrong-gradient"
    assert [found.epoch for found in result.verified] == [3]
    assert len(result.history) == 3
    report = result.verified[-1].report
    assert not report.agrees
    assert "[1].bias" in str(report)


def test_autodiff_is_not_proof_read(mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable) -> None:
    said = (
        "verify_every proof-reads a hand derivation, and gradient is 'autodiff'; "
        "give gradient='manual', or your own."
    )
    with refuses(ValueError, said):
        train(mlp, adam, blobs, gradient="autodiff", verify_every=1)


def test_the_proof_reader_asks_for_its_epochs(mlp: MLP, blobs: Splits) -> None:
    from compare.training.data import rows_of

    reader = Proofreader(mlp, "manual", rows_of(blobs.train, np.dtype(np.float32)), 4)
    assert [reader.next_epoch(epoch) for epoch in (0, 3, 4, 9)] == [4, 4, 8, 12]


def test_a_trace_is_written(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> None:
    train(mlp, adam, blobs, epochs=3, profile=tmp_path)
    assert list(tmp_path.rglob("*.xplane.pb"))


def test_what_is_seen_of_layers(blobs: Splits) -> None:
    """Dead relu units and saturated tanh units are counted; the ratio is that of one update."""
    mlp = MLP((5, 4, 6, 3), activations=("relu", "tanh"))
    first, second, last = mlp.init(jax.random.key(1))
    params = (
        first._replace(bias=first.bias.at[1].set(-1e3)),  # one of four units is dead
        second._replace(bias=second.bias.at[np.array([0, 3])].set(50.0)),  # two of six level off
        last,
    )
    result = train(mlp, optax.sgd(1e-6), blobs, epochs=1, params=params)
    history = result.history
    assert history.dead[0].tolist() == [0.25, pytest.approx(2 / 6), 0.0]
    assert math.isnan(history.saturated[0, 0])
    assert history.saturated[0, 1] >= 2 / 6
    weights = [float(np.linalg.norm(layer.weight)) for layer in result.params]
    bound = 1e-6 * history.gradient_norm[0] / weights
    assert (history.update_ratio[0] <= bound * 1.001).all()
    assert (history.update_ratio[0] > 0).any()
