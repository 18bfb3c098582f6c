"""Two runs do not write into one folder, and a killed one keeps nobody out."""

import errno
import fcntl
import multiprocessing
import re
import time
from pathlib import Path

import optax
import pytest

from compare.training import train
from compare.training.keeping import SaveError
from compare.training.keeping.lock import NAME, held
from functional_nn import MLP
from functional_nn.datasets import Splits


def refused(folder: Path) -> pytest.RaisesExc[SaveError]:
    """Expect what is said while another run has the folder."""
    said = (
        f"no checkpoint can be written to {folder}: another run is writing there. Wait for its "
        "end, or give another folder."
    )
    return pytest.raises(SaveError, match=f"^{re.escape(said)}$")


def test_a_second_run_is_refused_before_it_touches_anything(
    mlp: MLP, adam: optax.GradientTransformation, blobs: Splits, tmp_path: Path
) -> None:
    unfinished = tmp_path / ".unfinished-1"
    unfinished.mkdir()
    with held(tmp_path), refused(tmp_path):
        train(mlp, adam, blobs, epochs=1, checkpoint=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {NAME, unfinished.name}
    train(mlp, adam, blobs, epochs=1, checkpoint=tmp_path)
    assert train(mlp, adam, blobs, epochs=2, checkpoint=tmp_path, resume=True).resumed


def test_a_run_that_fails_lets_the_next_one_in(
    mlp: MLP, adam: optax.GradientTransformation, blobs: Splits, tmp_path: Path
) -> None:
    kept = {"checkpoint": tmp_path, "history_file": tmp_path / "none" / "h.csv"}
    with pytest.raises(OSError, match=r"h\.csv") as failure:
        train(mlp, adam, blobs, epochs=1, **kept)
    assert failure.tb is not None  # its frames live on, and hold no lock
    assert (tmp_path / NAME).exists()
    with held(tmp_path):
        pass


def test_a_killed_run_keeps_nobody_out(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, ready), daemon=True)
    process.start()
    assert ready.wait(60)
    with refused(tmp_path), held(tmp_path):
        pass
    process.kill()
    process.join()
    with held(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP])
def test_a_file_system_without_locks_stops_nobody(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    with held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    said = re.escape(f"no checkpoint can be written to {tmp_path}: {NAME} in it cannot be locked: ")
    with pytest.raises(SaveError, match=said), held(tmp_path):
        pass


def _hold(folder: Path, ready) -> None:
    with held(folder):
        ready.set()
        time.sleep(600)
