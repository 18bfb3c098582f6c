"""``handgrad train``: every bad input with its message, before any work."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from compare.cli.app import app
from tests.compare.cli import idx_files
from tests.compare.cli.trained import refused, run

NAMES = [
    (
        "--data",
        "digit",
        "unknown data set 'digit'; did you mean 'digits'? known: circles, digits, ",
    ),
    ("--activations", "rleu", "unknown activation 'rleu'; did you mean 'relu'? known: elu, gelu, "),
    ("--output", "sigmod", "unknown activation 'sigmod'; did you mean 'sigmoid'? known: elu, "),
    ("--loss", "cross_entropy", "unknown loss 'cross_entropy'; did you mean "),
    ("--optimizer", "adm", "unknown optimizer 'adm'; did you mean 'adam'? known: adabelief, "),
    ("--schedule", "cosin", "unknown schedule 'cosin'; did you mean 'cosine'? known: constant, "),
    ("--initializer", "he", "unknown initializer 'he'; "),
    ("--gradient", "hand", "unknown gradient 'hand'; "),
    ("--dtype", "float23", "unknown dtype 'float23'; did you mean 'float32'? known: bfloat16, "),
    ("--precision", "hi", "unknown precision 'hi'; "),
]
NUMBERS = [
    (
        ("--sizes", "63,10"),
        (
            "sizes 63-10 begin with 63 inputs and digits has 64 features a row; wanted as many. "
            "Use 64-10."
        ),
    ),
    (
        ("--hidden", "8x0"),
        "--hidden is '8x0'; wanted whole numbers separated by commas, as in --hidden 128,64",
    ),
    (
        ("--hidden", "32,16", "--scanned"),
        "hidden layers of sizes [32, 16] cannot be scanned; wanted at least two, all of one size",
    ),
    (
        ("--hidden", "32x3", "--recompute"),
        (
            "recompute is True and scanned is False; wanted both: what is computed again are "
            "segments of the scanned layer."
        ),
    ),
    (
        ("--sizes", "64,9"),
        "sizes 64-9 end with 9 outputs and digits has 10 classes; wanted as many. Use 64-10.",
    ),
    (
        ("--sizes", "64"),
        "sizes must be at least two positive integers, input and output, got (64,)",
    ),
    (
        ("--hidden", "8,x"),
        "--hidden is '8,x'; wanted whole numbers separated by commas, as in --hidden 128,64",
    ),
    (
        ("--hidden", "8", "--sizes", "64,8,10"),
        "--sizes and --hidden are both given; give one of them",
    ),
    (
        ("--activations", "relu,tanh"),
        (
            "2 activations for 1 hidden layers (sizes [64, 32, 10]); give one name for all of "
            "them, or one per hidden layer"
        ),
    ),
    (
        ("--classes", "0,10"),
        "asked for the labels [0, 10] of digits; wanted some of 0..9, each once.",
    ),
    (("--classes", "3"), "--classes is '3'; wanted two or more, as in 0,1"),
    (
        ("--batch", "5000"),
        "batch_size is 5000 and digits has 1437 rows to train on; wanted 1..1437.",
    ),
    (("--batch", "-1"), "--batch is -1; wanted a whole number of at least 1."),
    (("--epochs", "-2"), "--epochs is -2; wanted a whole number of at least 1."),
    (
        ("--learning-rate", "nan"),
        "--learning-rate is nan; wanted a finite number of at least 0.",
    ),
    (("--l2", "-1"), "l2 must be a finite number of at least 0, got -1.0"),
]


@pytest.mark.parametrize(("option", "name", "message"), NAMES, ids=[case[0] for case in NAMES])
def test_an_unknown_name_is_answered_with_the_nearest(
    option: str, name: str, message: str, tmp_path: Path
) -> None:
    result = run(option, name, "--out", str(tmp_path))
    refused(result, message)


@pytest.mark.parametrize(("options", "message"), NUMBERS, ids=[" ".join(c[0]) for c in NUMBERS])
def test_what_does_not_fit_is_refused(
    options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    refused(run(*options, "--out", str(tmp_path)), message)


def missing(data: Path) -> None:
    (data / "t10k-labels-idx1-ubyte").unlink()


def truncated(data: Path) -> None:
    file = data / "train-images-idx3-ubyte"
    file.write_bytes(file.read_bytes()[:-7])


def corrupt(data: Path) -> None:
    file = data / "train-images-idx3-ubyte"
    file.with_name(f"{file.name}.gz").write_bytes(b"\x1f\x8b\x08 this is no gzip")
    file.unlink()


def wrong_magic(data: Path) -> None:
    (data / "train-labels-idx1-ubyte").write_bytes(b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00")


def mismatched(data: Path) -> None:
    (data / "train-labels-idx1-ubyte").write_bytes(idx_files.idx(np.zeros(5)))


def label_out_of_range(data: Path) -> None:
    (data / "train-labels-idx1-ubyte").write_bytes(idx_files.idx(np.full(48, 77)))


def empty(data: Path) -> None:
    for prefix in idx_files.PREFIXES:
        (data / f"{prefix}-images-idx3-ubyte").write_bytes(idx_files.idx(np.zeros((0, 4, 4))))
        (data / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_files.idx(np.zeros(0)))


DAMAGES = [missing, truncated, corrupt, wrong_magic, mismatched, label_out_of_range, empty]


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.__name__ for damage in DAMAGES])
def test_a_damaged_folder_is_refused_by_file(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    data = idx_files.folder(tmp_path / "lines")
    damage(data)
    refused(run("--data", str(data), "--out", str(tmp_path / "out")), str(data))


def test_no_folder(tmp_path: Path) -> None:
    refused(run("--data", str(tmp_path / "none"), "--out", str(tmp_path)), f"{tmp_path / 'none'}")


@pytest.mark.parametrize("command", ["train", "demo"])
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "out"
    result = CliRunner().invoke(app, [command, "--out", str(out)])
    refused(result, f"nothing can be written to {out}: Not a directory; give another place")
