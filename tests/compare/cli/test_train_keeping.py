"""``handgrad train``: checkpoints, history and exported parameters, and where they go."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.compare.cli.trained import SMALL, run


def test_a_run_is_kept_watched_and_exported(tmp_path: Path) -> None:
    kept = (
        *SMALL, "--schedule", "constant", "--out", str(tmp_path / "out"),
        "--checkpoint", str(tmp_path / "kept"), "--resume", "--history", str(tmp_path / "h.csv"),
        "--verify-every", "3", "--export", str(tmp_path / "p.safetensors"), "--layout", "torch",
    )  # fmt: skip
    first = run(*kept, "--epochs", "4", "--save-every", "2")
    assert first.exit_code == 0, first.output
    assert "manual was proof-read 1 time while it trained, and agreed." in first.stdout
    assert f"parameters: {tmp_path / 'p.safetensors'}" in first.stdout.replace("\n", " ")
    newest = tmp_path / "kept" / "epoch-0000004-step-0000000"
    (newest / "record.json").write_text("")
    second = run(*kept, "--epochs", "6")
    assert second.exit_code == 0, second.output
    said = " ".join(second.stdout.split())
    assert f"{newest.name} is damaged and was skipped: record.json is empty." in said
    assert f"manual went on from {newest.with_name('epoch-0000002-step-0000000')}" in said
    assert len((tmp_path / "h.csv").read_text().splitlines()) == 7
    assert (
        "--resume --history"
        in json.loads((tmp_path / "out" / "result.json").read_text())["command"]
    )
    third = run(*kept, "--epochs", "8", "--learning-rate", "0.5")
    assert third.exit_code == 2
    assert "is of another run: optimizer" in third.stderr
    assert "Traceback" not in third.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--resume",), "--resume needs a folder to look in: --checkpoint FOLDER"),
        (("--save-every", "often"), "save_every is 'often'; wanted a number of epochs"),
        (("--history", "h.txt"), "--history is 'h.txt'; wanted a name in .csv or .jsonl"),
        (("--export", "p.pt"), "--export is 'p.pt'; wanted a name in .npz or .safetensors"),
        (("--layout", "tortch"), "unknown layout 'tortch'; did you mean 'torch'?"),
        (("--checkpoint", "pyproject.toml/x"), "no checkpoint can be written to pyproject.toml/x"),
        (("--save-every", "5"), "--save-every needs a folder to save in: --checkpoint FOLDER"),
        (("--layout", "torch"), "--layout is that of a file: --export FILE"),
        (("--tensorboard", "pyproject.toml/x"), "nothing can be written to pyproject.toml/x: Not"),
        (("--profile", "pyproject.toml/x"), "nothing can be written to pyproject.toml/x: Not a"),
        (("--history", "no/h.csv"), "--history no/h.csv: there is no folder no; make it, or give"),
        (("--export", "no/p.npz"), "--export no/p.npz: there is no folder no; make it, or give"),
        (("--verify-every", "1", "--gradient", "autodiff"), "--verify-every proof-reads the hand"),
    ],
)
def test_places_that_will_not_do(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    result = run(*SMALL, "--epochs", "1", "--out", str(tmp_path), *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not list(tmp_path.iterdir()), "nothing was trained yet"


def test_folders_that_the_command_makes_can_hold_its_files(tmp_path: Path) -> None:
    kept = tmp_path / "new" / "kept"
    result = run(
        *(*SMALL, "--epochs", "1", "--out", str(tmp_path / "out"), "--checkpoint", str(kept)),
        *("--history", str(kept / "h.csv"), "--export", str(kept / "p.npz")),
    )
    assert result.exit_code == 0, result.output
    assert {path.name for path in kept.iterdir()} >= {"h.csv", "p.npz"}


def test_a_full_disk_at_the_end_costs_no_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compare.cli import train_page, training
    from compare.training import SaveError, interchange

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(train_page, "write", full)
        result = run(*SMALL, "--epochs", "1", "--out", str(tmp_path / "a"))
    assert result.exit_code == 2
    assert result.stderr == (
        f"handgrad: error: the report cannot be written to {tmp_path / 'a'}: No space left on "
        "device; the parameters are there already\n"
    )
    assert np.load(tmp_path / "a" / "parameters-manual.npz")["layer1.weight"].shape == (2, 6)
    assert (tmp_path / "a" / "result.json").exists()

    def export(params: object, path: Path, **options: str) -> Path:
        if path.name == "p.npz":
            raise SaveError("the parameters cannot be written to p.npz: full.")
        return interchange.export_params(params, path, **options)

    monkeypatch.setattr(training, "export_params", export)
    where = ("--out", str(tmp_path / "b"), "--export", str(tmp_path / "p.npz"))
    result = run(*SMALL, "--epochs", "1", *where)
    assert result.exit_code == 2
    own = tmp_path / "b" / "parameters-manual.npz"
    assert result.stderr == (
        f"handgrad: error: the parameters cannot be written to p.npz: full. They are in {own}.\n"
    )
    assert own.exists()
