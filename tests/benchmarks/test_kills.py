"""A process that is killed, wherever it is, loses nothing that was saved."""

import random
import signal
from pathlib import Path

from benchmarks.kills import newest, started, study

EPOCHS = 3000


def test_killed_at_random_moments() -> None:
    found = study(2, EPOCHS, random.Random(1))
    assert found["kills"], "it was killed at least once"
    assert found["identical"], found


def test_sigterm_saves_and_ends(tmp_path: Path) -> None:
    process = started(tmp_path / "checkpoints", 10_000_000)
    try:
        while not newest(tmp_path / "checkpoints"):
            assert process.poll() is None
        before = newest(tmp_path / "checkpoints")
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143
    assert (said, errors) == ("", "")
    assert newest(tmp_path / "checkpoints") >= before
    assert not list((tmp_path / "checkpoints").glob(".unfinished*"))
