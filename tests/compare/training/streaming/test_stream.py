"""Rows that are not all in memory train as those that are."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
import pytest

from compare.training import Batches, CheckpointError, Stream, TrainResult, train
from compare.training.layout import mesh_of, of_chunk
from compare.training.placement import put
from compare.training.shuffle import batches, epoch_key
from compare.training.streaming.ahead import Ahead
from functional_nn import MLP
from functional_nn.datasets import Splits, Stored, stored_idx, stored_npy, write_idx

Adam = optax.GradientTransformation


def same(one: TrainResult, other: TrainResult) -> bool:
    trees = [(run.params, run.opt_state, vars(run.history)) for run in (one, other)]
    pairs = zip(*map(jax.tree.leaves, trees), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


@pytest.fixture
def on_disk(blobs: Splits, tmp_path: Path) -> Stored:
    for name, table in (("x", blobs.train.x), ("y", blobs.train.y)):
        np.save(tmp_path / f"{name}.npy", table)
    stored = stored_npy(tmp_path / "x.npy", tmp_path / "y.npy")
    assert isinstance(stored.x, np.memmap)
    return stored


@pytest.mark.parametrize("every", ["30 s", "3 steps"], ids=["one chunk", "several"])
def test_it_is_the_run_with_all_rows_in_memory(
    every: str, mlp: MLP, adam: Adam, blobs: Splits, on_disk: Stored, tmp_path: Path
) -> None:
    whole = train(mlp, adam, blobs, epochs=4)
    stream = Stream(on_disk, blobs.validation, blobs.test)
    streamed = train(mlp, adam, stream, epochs=4, checkpoint=tmp_path / "kept", save_every=every)
    assert same(whole, streamed)
    assert streamed.test_accuracy == whole.test_accuracy
    assert streamed.steps == whole.steps
    assert not [thread for thread in threading.enumerate() if "_read" in thread.name]


def test_a_stream_is_resumed(
    mlp: MLP, adam: Adam, blobs: Splits, on_disk: Stored, tmp_path: Path
) -> None:
    stream = Stream(on_disk, blobs.validation)
    whole = train(mlp, adam, stream, epochs=4)
    kept = {"checkpoint": tmp_path / "kept", "save_every": "3 steps"}
    train(mlp, adam, stream, epochs=2, **kept)
    went_on = train(mlp, adam, stream, epochs=4, **kept, resume=True)
    assert went_on.resumed.epoch == 2
    assert same(whole, went_on)
    other = np.array(on_disk.x)
    other[0] += 1
    with pytest.raises(CheckpointError, match="training data content is "):
        train(mlp, adam, Stream(Stored(other, on_disk.y)), epochs=5, **kept, resume=True)


@pytest.mark.parametrize("mesh", ["data=4", "model=2", "data=2,model=2"])
def test_a_stream_on_a_mesh(
    mesh: str, mlp: MLP, adam: Adam, blobs: Splits, on_disk: Stored, tmp_path: Path
) -> None:
    """The run on the same mesh with all rows in memory; rounding apart, the one without."""
    stream = Stream(on_disk, blobs.validation, blobs.test)
    options: dict[str, Any] = {"epochs": 3, "dtype": "float64"}
    kept = {"checkpoint": tmp_path / "kept", "save_every": "3 steps"}
    plain = train(mlp, adam, stream, **options)
    whole = train(mlp, adam, blobs, **options, mesh=mesh)
    streamed = train(mlp, adam, stream, **options, **kept, mesh=mesh)
    for one, other in zip(*map(jax.tree.leaves, (streamed.params, whole.params)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
    for one, other in zip(*map(jax.tree.leaves, (streamed.params, plain.params)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
    went_on = train(mlp, adam, stream, **options | {"epochs": 4}, **kept, mesh=mesh, resume=True)
    assert same(went_on, train(mlp, adam, stream, **options | {"epochs": 4}, mesh=mesh))


def test_a_fault_in_a_stream_on_a_mesh(mlp: MLP, blobs: Splits, on_disk: Stored) -> None:
    endless = optax.sgd(float("inf"))
    whole = train(mlp, endless, blobs.train, epochs=3)
    streamed = train(mlp, endless, Stream(on_disk), epochs=3, mesh="data=2,model=2")
    assert streamed.failure == whole.failure


def test_each_device_has_its_rows_only() -> None:
    mesh = mesh_of("data=4")
    assert mesh is not None
    chunk = put(mesh, np.zeros((3, 8, 5), np.float32), of_chunk(3))
    assert {shard.data.shape for shard in chunk.addressable_shards} == {(3, 2, 5)}


def test_several_processes_have_no_stream(
    mlp: MLP, adam: Adam, on_disk: Stored, refuses: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    message = (
        "data are a Stream and 2 processes run; wanted one process, on as many devices as it has, "
        "or rows in memory."
    )
    with refuses(ValueError, message):
        train(mlp, adam, Stream(on_disk), epochs=1)


def test_batches_that_somebody_else_makes(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    """The same batches, made by hand, give the same run."""
    whole = train(mlp, adam, blobs, epochs=3)
    _, key = jax.random.split(jax.random.key(0))

    def epoch(number: int) -> Iterator[tuple[Any, Any]]:
        for pick in np.asarray(batches(epoch_key(key, number), 240, 32)):
            yield blobs.train.x[pick], blobs.train.y[pick]

    stream = Stream(Batches(epoch, steps=7, classes=3), blobs.validation)
    streamed = train(mlp, adam, stream, epochs=3)
    assert np.array_equal(streamed.history.loss, whole.history.loss)
    pairs = zip(*map(jax.tree.leaves, (streamed.params, whole.params)), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_the_first_batch_need_not_have_every_class(
    mlp: MLP, adam: Adam, blobs: Splits, refuses: Any
) -> None:
    x, two = blobs.train.x[:32], blobs.train.y[:32] % 2
    stream = Stream(Batches([(x, two), (x, two + 1)]))
    assert train(mlp, adam, stream, epochs=2).stopped == "epochs"
    with pytest.raises(ValueError, match="batch 2 of epoch 1: y holds the label 3"):
        train(mlp, adam, Stream(Batches([(x, two), (x, two + 2)])), epochs=1)
    with pytest.raises(ValueError, match=r"has 31 rows; batch_size is 32\. Leave a smaller last"):
        train(mlp, adam, Stream(Batches([(x, two), (x[:31], two[:31])])), epochs=1)


def test_a_fault_in_a_stream(mlp: MLP, adam: Adam, blobs: Splits, on_disk: Stored) -> None:
    stream = Stream(on_disk)
    whole = train(mlp, optax.sgd(float("inf")), blobs.train, epochs=3)
    streamed = train(mlp, optax.sgd(float("inf")), stream, epochs=3)
    assert streamed.stopped == "non-finite"
    assert streamed.failure == whole.failure


def test_rows_that_are_bad_are_told_when_they_are_read(mlp: MLP, adam: Adam, blobs: Splits) -> None:
    x = np.array(blobs.train.x)
    x = np.repeat(x, 9, axis=0)  # more than the probe sees
    x[1, 2] = np.nan
    stream = Stream(Stored(x, np.repeat(blobs.train.y, 9)))
    with pytest.raises(ValueError, match="x holds nan"):
        train(mlp, adam, stream, epochs=1)


X, Y = np.zeros((32, 5), np.float32), np.zeros(32, np.int32)
BAD = [
    (lambda: Batches(iter([(X, Y)]), steps=1), "batches come from an iterator, which a second"),
    (lambda: Batches(x for x in [(X, Y)]), "batches have no length; say how many make up an epoch"),
    (lambda: Batches([]), "there is no batch at all; wanted one at least."),
    (lambda: Batches([(X, Y), (X[:5], Y[:5])], classes=3),
     "batch 2 of epoch 1 has 5 rows; batch_size is 32."),
    (lambda: Batches(lambda epoch: [(X, Y)], steps=3, classes=3),
     "epoch 1 ends after 1 batches; wanted 3."),
    (lambda: Batches([(X, Y), (X[:, :4], Y)], classes=3),
     "batch 2 of epoch 1 has 4 features and labels a row; the first one has 5 features and labels"),
    (lambda: Batches([(X, Y), (X, X[:, :3])], classes=3),
     "batch 2 of epoch 1 has 5 features and 3 values a row; the first one has 5 features and lab"),
    (lambda: Batches([(X, Y), (X, Y + 3)], classes=3),
     "batch 2 of epoch 1: y holds the label 3 in row 0"),
    (lambda: Batches([(X.astype(int), Y)], classes=3), "batch 1 of epoch 1: x is int64; wanted fl"),
    (lambda: Batches([(X, Y), X], classes=3), "batch 2 of epoch 1 is a ndarray; wanted a pair"),
    (lambda: Batches(lambda epoch: None, steps=3), "the batches of epoch 1 are a NoneType; wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "said"), BAD)
def test_batches_that_will_not_do(make: Callable, said: str, mlp: MLP, adam: Adam) -> None:
    with pytest.raises((ValueError, TypeError), match=f"^{said}"):
        train(mlp, adam, Stream(make()), epochs=1)


def test_a_batch_larger_than_the_files(mlp: MLP, adam: Adam, on_disk: Stored) -> None:
    with pytest.raises(ValueError, match="batch_size is 999 and x has 240 rows to train on"):
        train(mlp, adam, Stream(on_disk), batch_size=999)


def test_reading_ahead() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    ahead = Ahead(items(), depth=2)
    assert [ahead.take() for _ in range(3)] == [0, 1, 2]
    ahead.close()
    assert 3 <= len(made) <= 7, "no further than it was asked to"
    broken = Ahead(map(int, ["1", "x"]))
    assert broken.take() == 1
    with pytest.raises(ValueError, match="invalid literal"):
        broken.take()
    broken.close()


def test_mapped_idx(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (20, 3, 4), dtype=np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 5
    write_idx(tmp_path / "images", images)
    write_idx(tmp_path / "labels", labels)
    stored = stored_idx(tmp_path / "images", tmp_path / "labels")
    assert isinstance(stored.x, np.memmap)
    taken = stored.take(np.array([7, 2, 7, 0]))
    assert np.array_equal(taken.x, images[[7, 2, 7, 0]].reshape(4, 12) / np.float32(255))
    assert taken.y.tolist() == [2, 2, 2, 0]
    assert stored.classes == 5
    (tmp_path / "images").write_bytes((tmp_path / "images").read_bytes()[:-1])
    with pytest.raises(ValueError, match="truncated: fetch it again"):
        stored_idx(tmp_path / "images", tmp_path / "labels")
    write_idx(tmp_path / "zipped.gz", images)
    with pytest.raises(ValueError, match="found a zipped file; wanted a plain one to map"):
        stored_idx(tmp_path / "zipped.gz", tmp_path / "labels")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file or directory"),
        (lambda path: path.write_bytes(b""), "is damaged, or no .npy file of numbers"),
        (lambda path: path.write_bytes(path.read_bytes()[:-8]), "is damaged, or no .npy file"),
        (lambda path: path.write_text("1,2,3"), "is damaged, or no .npy file of numbers"),
        (lambda path: np.save(path, np.array([["a"]])), "holds no table of numbers"),
    ],
)
def test_damaged_npy(damage: Callable, said: str, tmp_path: Path) -> None:
    for name, table in (("x", X), ("y", Y)):
        np.save(tmp_path / f"{name}.npy", table)
    damage(tmp_path / "x.npy")
    with pytest.raises(ValueError, match=r"x\.npy") as refused:
        stored_npy(tmp_path / "x.npy", tmp_path / "y.npy")
    assert said in str(refused.value)
