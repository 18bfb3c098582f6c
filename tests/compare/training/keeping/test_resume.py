"""A resumed run ends as the uninterrupted one, bit for bit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import Stream, TrainResult, train
from compare.training.keeping import CheckpointError, SaveError
from functional_nn import MLP
from functional_nn.datasets import Splits, Stored
from tests.compare.training.keeping.kept import names_in

Adam = optax.GradientTransformation


def same(one: TrainResult, other: TrainResult) -> bool:
    def numbers(run: TrainResult) -> list:
        return jax.tree.leaves((run.params, run.opt_state, vars(run.history)))

    def bits(leaf: jax.Array) -> np.ndarray:
        typed = isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)
        return np.asarray(jax.random.key_data(leaf) if typed else leaf)

    pairs = [(bits(a), bits(b)) for a, b in zip(numbers(one), numbers(other), strict=True)]
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


class Killed(Exception):  # noqa: N818
    """Stands for the end of a process."""


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the process die after so many checkpoints."""
    from compare.training.keeping.keeper import Keeper

    def after(saves: int) -> None:
        save, done = Keeper.save, []

        def saving(self: Keeper, standing: Any) -> Path | None:
            if len(done) == saves:
                monkeypatch.setattr(Keeper, "save", save)
                raise Killed
            path = save(self, standing)
            done.append(path)
            return path

        monkeypatch.setattr(Keeper, "save", saving)

    return after


KINDS = [
    pytest.param({}, "2 epochs", 2, id="epochs"),
    pytest.param({}, "3 steps", 1, id="inside an epoch"),
    pytest.param({}, "3 steps", 2, id="inside a later epoch"),
    pytest.param({"patience": 4}, 1, 3, id="with patience"),
    pytest.param({"dtype": "bfloat16"}, 2, 1, id="bfloat16"),
    pytest.param({"dtype": "float64", "gradient": "autodiff"}, 2, 1, id="float64, autodiff"),
]


@pytest.mark.parametrize(("options", "every", "saves"), KINDS)
def test_a_resumed_run(
    options: dict, every: int | str, saves: int, mlp: MLP, adam: Adam, blobs: Splits,
    tmp_path: Path, dies: Callable,
) -> None:  # fmt: skip
    whole = train(mlp, adam, blobs, epochs=6, **options)
    kept = {"epochs": 6, "checkpoint": tmp_path, "save_every": every, **options}
    dies(saves)
    with pytest.raises(Killed):
        train(mlp, adam, blobs, **kept)
    went_on = train(mlp, adam, blobs, **kept, resume=True)
    assert went_on.resumed
    assert went_on.resumed.epoch + went_on.resumed.step > 0
    assert same(whole, went_on)
    assert whole.steps == went_on.steps
    assert whole.best_epoch == went_on.best_epoch
    assert whole.test_loss == went_on.test_loss


OTHER = [
    pytest.param("2 steps", 1, "3 steps", id="where no part of the other begins"),
    pytest.param("3 steps", 1, "30 s", id="by the clock"),
    pytest.param("4 steps", 1, "2 epochs", id="by epochs"),
    pytest.param("2 epochs", 1, "3 steps", id="from whole epochs"),
]


@pytest.mark.parametrize("streamed", [False, True], ids=["in memory", "streamed"])
@pytest.mark.parametrize(("first", "saves", "then"), OTHER)
def test_saved_as_often_as_one_likes(
    first: str, saves: int, then: str, streamed: bool, mlp: MLP, adam: Adam, blobs: Splits,
    tmp_path: Path, dies: Callable,
) -> None:  # fmt: skip
    """An epoch of 7 steps, begun in parts of one size, is finished and followed by others."""
    data = Stream(Stored(blobs.train.x, blobs.train.y)) if streamed else blobs
    whole = train(mlp, adam, data, epochs=4)
    dies(saves)
    with pytest.raises(Killed):
        train(mlp, adam, data, epochs=4, checkpoint=tmp_path, save_every=first)
    went_on = train(mlp, adam, data, epochs=4, checkpoint=tmp_path, save_every=then, resume=True)
    assert went_on.resumed
    assert went_on.resumed.step == (0 if "epochs" in first else int(first[0]))
    assert same(whole, went_on)
    assert whole.steps == went_on.steps


def test_other_initial_parameters_are_another_run(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path
) -> None:
    mine, other = (mlp.init(jax.random.key(seed)) for seed in (1, 2))
    train(mlp, adam, blobs, epochs=1, checkpoint=tmp_path, params=mine)
    with pytest.raises(CheckpointError, match="another run: initial parameters content is '"):
        train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path, params=other, resume=True)
    with pytest.raises(CheckpointError, match=r"initial parameters content is '.*absent here"):
        train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path, resume=True)
    went_on = train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path, params=mine, resume=True)
    assert same(train(mlp, adam, blobs, epochs=2, params=mine), went_on)


OPTIMIZERS = [
    pytest.param(optax.sgd(0.1), id="no state"),
    pytest.param(optax.adamw(optax.cosine_decay_schedule(0.01, 60)), id="schedule"),
    pytest.param(
        optax.MultiSteps(optax.adam(0.01), 2).gradient_transformation(), id="several steps in one"
    ),
    pytest.param(optax.chain(optax.add_noise(0.01, 0.5, 3), optax.sgd(0.1)), id="with a key"),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers(
    optimizer: Any, mlp: MLP, blobs: Splits, tmp_path: Path, dies: Callable
) -> None:
    whole = train(mlp, optimizer, blobs, epochs=3)
    dies(1)
    kept = {"epochs": 3, "checkpoint": tmp_path, "save_every": 1}
    with pytest.raises(Killed):
        train(mlp, optimizer, blobs, **kept)
    assert same(whole, train(mlp, optimizer, blobs, **kept, resume=True))


def test_more_epochs_go_on_from_the_end(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path
) -> None:
    train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path)
    longer = train(mlp, adam, blobs, epochs=5, checkpoint=tmp_path, resume=True)
    assert longer.resumed.epoch == 2
    assert same(longer, train(mlp, adam, blobs, epochs=5))
    again = train(mlp, adam, blobs, epochs=5, checkpoint=tmp_path, resume=True)
    assert same(longer, again)
    assert again.resumed.epoch == 5


def test_without_a_checkpoint_it_begins_anew(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path
) -> None:
    result = train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path / "new", resume=True)
    assert result.resumed is None
    assert len(result.history) == 2


def test_the_newest_are_kept(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> None:
    train(mlp, adam, blobs, epochs=5, checkpoint=tmp_path, save_every=1, keep=2)
    names = names_in(tmp_path)
    assert names == ["epoch-0000004-step-0000000", "epoch-0000005-step-0000000"]


def test_a_run_in_its_place_is_not_overwritten(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable
) -> None:
    train(mlp, adam, blobs, epochs=1, checkpoint=tmp_path)
    said = (
        f"{tmp_path} holds epoch-0000001-step-0000000 already; resume=True goes on from it, "
        "another folder begins anew."
    )
    with refuses(CheckpointError, said):
        train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path)


def test_fewer_epochs_than_there_are(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable
) -> None:
    train(mlp, adam, blobs, epochs=3, checkpoint=tmp_path)
    path = tmp_path / "epoch-0000003-step-0000000"
    said = f"{path} has 3 epochs done; epochs is 2. Ask for as many or more."
    with refuses(CheckpointError, said):
        train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path, resume=True)


def test_nowhere_to_resume_from(mlp: MLP, adam: Adam, blobs: Splits, refuses: Callable) -> None:
    said = "resume is True and no checkpoint is given; wanted a folder to look in."
    with refuses(ValueError, said):
        train(mlp, adam, blobs, resume=True)


def test_a_run_that_is_not_finite_is_not_saved(mlp: MLP, blobs: Splits, tmp_path: Path) -> None:
    result = train(mlp, optax.sgd(float("inf")), blobs, epochs=2, checkpoint=tmp_path)
    assert result.stopped == "non-finite"
    assert names_in(tmp_path) == []


def test_a_folder_that_cannot_be_made(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable
) -> None:
    (tmp_path / "file").write_text("")
    where = tmp_path / "file" / "checkpoints"
    said = (
        f"no checkpoint can be written to {where}: Not a directory; there is none yet. "
        "Give another folder."
    )
    with refuses(SaveError, said):
        train(mlp, adam, blobs, checkpoint=where)


def test_a_full_disk(mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path) -> None:
    """No file may grow beyond some bytes, which is what a full disk looks like to a writer."""
    resource = pytest.importorskip("resource")
    whole = train(mlp, adam, blobs, epochs=5)
    train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        with pytest.raises(SaveError) as refused:
            train(mlp, adam, blobs, epochs=5, checkpoint=tmp_path, resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(refused.value) == (
        f"no checkpoint can be written to {tmp_path}: File too large; the newest kept is "
        "epoch-0000002-step-0000000. Make room, or give another folder."
    )
    assert names_in(tmp_path) == ["epoch-0000002-step-0000000"]
    went_on = train(mlp, adam, blobs, epochs=5, checkpoint=tmp_path, resume=True)
    assert same(whole, went_on)


def test_a_failure_within_orbax(
    mlp: MLP, adam: Adam, blobs: Splits, tmp_path: Path, refuses: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from compare.training.keeping import orbax_files

    def fails(folder: Path, arrays: dict) -> None:
        folder.mkdir()
        (folder / "half").write_bytes(b"half of it")
        raise ValueError("DATA_LOSS: the disk\nis gone")

    monkeypatch.setattr(orbax_files, "write", fails)
    said = (
        f"no checkpoint can be written to {tmp_path}: ValueError: DATA_LOSS: the disk is gone; "
        "there is none yet. Make room, or give another folder."
    )
    with refuses(SaveError, said):
        train(mlp, adam, blobs, epochs=1, checkpoint=tmp_path)
    assert names_in(tmp_path) == []
