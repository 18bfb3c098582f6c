"""Damaged checkpoints are named and skipped, foreign ones refused, each with its own message."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import optax
import pytest

from compare.training import train
from compare.training.keeping import CheckpointError
from compare.training.keeping.seal import _digest_of
from functional_nn import MLP
from functional_nn.datasets import Splits
from tests.compare.training.keeping.kept import names_in

Adam = optax.GradientTransformation
OLD, NEW = "epoch-0000001-step-0000000", "epoch-0000002-step-0000000"


@pytest.fixture(scope="module")
def saved(mlp: MLP, adam: Adam, blobs: Splits, tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    train(mlp, adam, blobs, epochs=2, checkpoint=folder, save_every=1)
    assert names_in(folder) == [OLD, NEW]
    return folder


@pytest.fixture
def where(saved: Path, tmp_path: Path) -> Path:
    return shutil.copytree(saved, tmp_path / "checkpoints")


def record(path: Path) -> Path:
    return path / "record.json"


def largest(path: Path) -> Path:
    files = [file for file in (path / "arrays").rglob("*") if file.is_file()]
    return max(files, key=lambda file: (file.stat().st_size, file.name))


def edited(path: Path, sealed: bool, **changes: Any) -> None:
    """Change the record; sealed anew, only what it says can give it away."""
    text = json.loads(record(path).read_text())
    text["content"] = {k: v for k, v in {**text["content"], **changes}.items() if v is not None}
    if sealed:
        text["digest"] = _digest_of(text["content"])
    record(path).write_text(json.dumps(text))


def of_format(path: Path, number: int) -> None:
    text = json.loads(record(path).read_text())
    record(path).write_text(json.dumps({**text, "format": number}))


def cut(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def lengthened(path: Path) -> None:
    file = largest(path)
    file.write_bytes(file.read_bytes() + b"more")


def exchanged(path: Path) -> None:
    shutil.rmtree(path)
    shutil.copytree(path.with_name(OLD), path)


def made_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("")


def unreadable(path: Path) -> None:
    record(path).unlink()
    record(path).mkdir()


def gone(path: Path) -> str:
    name = largest(path).relative_to(path).as_posix()
    largest(path).unlink()
    return name


DAMAGE = [
    pytest.param(lambda p: record(p).unlink(), "it has no record.json: it was never finished, or "
                 "is none", id="no record"),
    pytest.param(lambda p: shutil.rmtree(p / "arrays") or record(p).unlink(),
                 "it has no record.json: it was never finished, or is none", id="empty folder"),
    pytest.param(lambda p: record(p).write_text(""), "record.json is empty", id="empty record"),
    pytest.param(lambda p: record(p).write_bytes(bytes(500)), "record.json is empty", id="zeros"),
    pytest.param(lambda p: cut(record(p), 900), "record.json is no JSON: truncated or overwritten",
                 id="truncated record"),
    pytest.param(lambda p: record(p).write_bytes(b"\xff\xfe\x00rubbish"),
                 "record.json is no JSON: truncated or overwritten", id="binary record"),
    pytest.param(unreadable, "record.json cannot be read: Is a directory", id="unreadable record"),
    pytest.param(lambda p: record(p).write_text('{"params": [1, 2]}'),
                 "record.json is not a record of handgrad's", id="another program's"),
    pytest.param(lambda p: edited(p, sealed=False, epoch=9),
                 "record.json is altered: it does not fit its own digest", id="edited record"),
    pytest.param(lambda p: edited(p, sealed=True, seconds=None), "record.json does not say seconds",
                 id="incomplete record"),
    pytest.param(lambda p: of_format(p, 99), "it is of format 99; this version reads 1",
                 id="another version's"),
    pytest.param(gone, "{} is missing", id="missing file"),
    pytest.param(lambda p: cut(largest(p), 100), "{} is truncated: 100 of {} bytes",
                 id="truncated file"),
    pytest.param(lambda p: cut(largest(p), 0), "{} is truncated: 0 of {} bytes", id="empty file"),
    pytest.param(lengthened,
                 "{} is longer than written: {more} bytes, not {}", id="longer file"),
    pytest.param(lambda p: flipped(largest(p)), "{} is altered: its bytes are not those written",
                 id="one bit flipped"),
    pytest.param(lambda p: (p / "arrays" / "notes.txt").write_text("hm"),
                 "arrays/notes.txt does not belong to it", id="file added"),
    pytest.param(made_a_file, "it is a file, not a folder", id="a file"),
    pytest.param(exchanged, "it is named otherwise than it was written: for epoch 1, step 0",
                 id="renamed"),
]  # fmt: skip


def spoil(path: Path, damage: Callable, said: str) -> str:
    """Do the damage; return what must be said of it."""
    file = largest(path)
    size = file.stat().st_size
    name = file.relative_to(path).as_posix()
    damage(path)
    if "missing" in said or "altered: its" in said:
        return said.format(name)
    return said.format(name, size, more=size + 4) if "{" in said else said


@pytest.mark.parametrize(("damage", "said"), DAMAGE)
def test_a_damaged_one_is_named_and_skipped(
    damage: Callable, said: str, where: Path, mlp: MLP, adam: Adam, blobs: Splits
) -> None:
    said = spoil(where / NEW, damage, said)
    with pytest.warns(UserWarning, match="damaged") as warned:
        result = train(mlp, adam, blobs, epochs=2, checkpoint=where, resume=True)
    sentence = f"{NEW} is damaged and was skipped: {said}."
    assert [str(each.message) for each in warned] == [sentence]
    assert result.resumed.skipped == {NEW: sentence}
    assert result.resumed.path == where / OLD
    assert len(result.history) == 2
    names = names_in(where)
    assert names == [f"damaged-{NEW}", OLD, NEW], "set aside, and written anew"


def test_orbax_has_the_last_word(
    where: Path, mlp: MLP, adam: Adam, blobs: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compare.training.keeping import orbax_files

    def fails(folder: Path, shapes: dict) -> dict:
        raise KeyError("unheard of")

    monkeypatch.setattr(orbax_files, "read", fails)
    with pytest.raises(CheckpointError, match="Orbax cannot read it: KeyError: 'unheard of'"):
        train(mlp, adam, blobs, epochs=2, checkpoint=where, resume=True)


def test_all_damaged(where: Path, mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable) -> None:
    record(where / OLD).unlink()
    record(where / NEW).write_text("")
    said = (
        f"no checkpoint in {where} can be resumed from. {NEW} is damaged and was skipped: "
        f"record.json is empty. {OLD} is damaged and was skipped: it has no record.json: it was "
        "never finished, or is none. To begin anew, give another folder."
    )
    with refuses(CheckpointError, said):
        train(mlp, adam, blobs, epochs=2, checkpoint=where, resume=True)


def test_unfinished_ones_are_nobodys(where: Path, mlp: MLP, adam: Adam, blobs: Splits) -> None:
    shutil.copytree(where / NEW, where / ".unfinished-123")
    result = train(mlp, adam, blobs, epochs=3, checkpoint=where, resume=True)
    assert result.resumed.epoch == 2
    assert not list(where.glob(".unfinished*"))


def other_rows(blobs: Splits) -> Splits:
    x = np.array(blobs.train.x)
    x[3, 2] += 1
    return replace(blobs, train=replace(blobs.train, x=x))


FOREIGN = [
    pytest.param(
        {"mlp": {"sizes": (5, 8, 3)}},
        "network sizes is [5, 7, 3] there and [5, 8, 3] here",
        id="sizes",
    ),
    pytest.param(
        {"mlp": {"activations": "relu"}},
        "network activations is ['tanh'] there and ['relu'] here",
        id="activation",
    ),
    pytest.param({"mlp": {"l2": 0.1}}, "network l2 is 0.0 there and 0.1 here", id="penalty"),
    pytest.param(
        {"optimizer": optax.adam(0.03)}, "is -0.02 there and -0.03 here", id="learning rate"
    ),
    pytest.param(
        {"optimizer": optax.adam(0.02, b1=0.8)}, "b1 is 0.9 there and 0.8 here", id="moment"
    ),
    pytest.param(
        {"optimizer": optax.sgd(0.02)}, "init_fn' there and 'init_empty_state' here", id="optimizer"
    ),
    pytest.param(
        {"gradient": "autodiff"}, "gradient is 'manual' there and 'autodiff' here", id="gradient"
    ),
    pytest.param({"batch_size": 16}, "batch size is 32 there and 16 here", id="batch size"),
    pytest.param({"seed": 1}, "seed is 0 there and 1 here", id="seed"),
    pytest.param({"dtype": "bfloat16"}, "dtype is 'float32' there and 'bfloat16' here", id="dtype"),
    pytest.param(
        {"precision": "highest"}, "precision is None there and 'highest' here", id="precision"
    ),
    pytest.param({"patience": 3}, "patience is None there and 3 here", id="patience"),
    pytest.param({"data": other_rows}, "training data content is ", id="one number of the data"),
    pytest.param(
        {"data": lambda b: Splits(b.train, b.test.select([0, 1]), b.test)},
        "validation data rows is 30 there and 2 here",
        id="validation",
    ),
]


@pytest.mark.parametrize(("changes", "said"), FOREIGN)
def test_a_foreign_one_is_refused(
    changes: dict, said: str, where: Path, mlp: MLP, adam: Adam, blobs: Splits
) -> None:
    changes = dict(changes)
    mlp = mlp.replace(**changes.pop("mlp", {}))
    optimizer = changes.pop("optimizer", adam)
    data = changes.pop("data", lambda data: data)(blobs)
    with pytest.raises(CheckpointError) as refused:
        train(mlp, optimizer, data, epochs=3, checkpoint=where, resume=True, **changes)
    message = str(refused.value)
    assert message.startswith(f"{where / NEW} is of another run: ")
    assert said in message
    assert message.endswith(". Ask for the same, or give another folder.")
    assert names_in(where) == [OLD, NEW], "nothing is touched"
