"""``handgrad train``: what it writes and prints, and every bad input with its message."""

import html
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from compare.cli.app import app
from tests.compare.cli import idx_files


def run(*options: str) -> Result:
    result = CliRunner().invoke(app, ["train", *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A short run with both gradients on a folder with IDX files."""
    place = tmp_path_factory.mktemp("train")
    data = idx_files.folder(place / "lines")
    idx_files.zipped(data)
    out = place / "out"
    result = run(
        *("--data", str(data), "--gradient", "both", "--hidden", "8", "--epochs", "30"),
        *("--batch", "8", "--out", str(out)),
    )
    return result, out


def test_it_says_what_it_trains_and_how_it_went(both: tuple[Result, Path]) -> None:
    result, out = both
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "lines: 44 rows to train on, 4 to validate, 48 to test; 16 features (4 x 4 pixels), "
        "3 classes."
    )
    assert lines[1].startswith("network 16-8-3, relu, softmax_cross_entropy; adam, learning rate ")
    assert any(line.startswith("hand and autodiff gradients agree in all 6") for line in lines)
    assert lines[-1] == f"report: {out / 'report.html'}"
    assert "\x1b" not in result.stdout
    assert "Traceback" not in result.stderr


def test_both_gradients_reach_the_same_accuracy(both: tuple[Result, Path]) -> None:
    runs = json.loads((both[1] / "result.json").read_text())["runs"]
    assert list(runs) == ["manual", "autodiff"]
    accuracies = [found["test_accuracy"] for found in runs.values()]
    assert accuracies[0] == accuracies[1] >= 0.9
    assert all(len(found["history"]["loss"]) == 30 for found in runs.values())


def test_the_report_lies_in_the_folder_with_its_pictures(both: tuple[Result, Path]) -> None:
    names = {path.name for path in both[1].iterdir()}
    wanted = ("agreement", "curves", "gradient-norms", "confusion-matrix")
    assert {"report.html", "result.json", *(f"{name}.png" for name in wanted)} <= names
    page = (both[1] / "report.html").read_text()
    assert "http" not in page
    assert f"--data {both[1].parent / 'lines'} --hidden 8 --batch 8 --epochs 30" in page


def test_the_parameters_are_kept(both: tuple[Result, Path]) -> None:
    with np.load(both[1] / "parameters-manual.npz") as kept:
        shapes = {name: kept[name].shape for name in kept}
    assert shapes == {
        "layer1.weight": (16, 8),
        "layer1.bias": (8,),
        "layer2.weight": (8, 3),
        "layer2.bias": (3,),
    }


def test_a_run_that_is_not_finite_names_the_node_exits_1_and_keeps_good_parameters(
    tmp_path: Path,
) -> None:
    result = run(
        *("--data", "circles", "--hidden", "4", "--epochs", "3", "--loss", "squared_error"),
        *("--activations", "identity", "--optimizer", "sgd", "--learning-rate", "1e30"),
        *("--schedule", "constant", "--out", str(tmp_path), "--json"),
    )
    assert result.exit_code == 1, result.output
    found = json.loads(result.stdout)  # JSON is all there is on the output
    assert found == json.loads((tmp_path / "result.json").read_text())
    assert found["settings"]["sizes"] == "2-4-2"
    assert found["agreement"]["agrees"] is True
    assert found["runs"]["manual"]["stopped"] == "non-finite"
    failure = found["runs"]["manual"]["failure"]
    assert failure["message"].startswith(f"step {failure['step']} (epoch 1, batch ")
    assert failure["node"] in failure["message"]
    assert html.escape(failure["message"]) in (tmp_path / "report.html").read_text()
    assert np.isfinite(np.load(tmp_path / "parameters-manual.npz")["layer1.weight"]).all()


def test_a_deep_network_is_one_scanned_layer(tmp_path: Path) -> None:
    result = run(
        *("--data", "xor", "--hidden", "6x9", "--activations", "tanh", "--epochs", "2"),
        *("--scanned", "--recompute", "--batch", "50", "--out", str(tmp_path)),
    )
    assert result.exit_code == 0, result.output
    assert "network 2-6x9-2, tanh, " in result.stdout
    assert "hand and autodiff gradients agree in all 8 nodes" in result.stdout
    found = json.loads((tmp_path / "result.json").read_text())
    assert (
        found["settings"]["hidden layers"] == "one scanned layer, recomputed in the backward pass"
    )
    assert "--hidden 6x9" in found["command"]
    assert found["command"].count("--scanned") == found["command"].count("--recompute") == 1
    with np.load(tmp_path / "parameters-manual.npz") as kept:
        assert kept["layer9.weight"].shape == (6, 6)
        assert len(kept) == 20


def test_two_classes_take_one_output_where_the_loss_does() -> None:
    from compare.cli.settings import Settings, network_for, splits_for

    data = splits_for(Settings(classes="3,8"))
    sizes = {
        loss: network_for(Settings(classes="3,8", hidden="5", loss=loss), data, large=False).sizes
        for loss in ("", "hinge", "binary_cross_entropy", "squared_error")
    }
    assert sizes == {
        "": (64, 5, 2),
        "hinge": (64, 5, 1),
        "binary_cross_entropy": (64, 5, 1),
        "squared_error": (64, 5, 2),
    }


# --- bad input -------------------------------------------------------------------------------

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


def refused(result: Result, message: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"handgrad: error: {message}")
    assert "Traceback" not in result.stderr


SMALL = ("--data", "xor", "--hidden", "6", "--batch", "50", "--patience", "0")


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


def test_a_streamed_folder_trains_as_one_in_memory(tmp_path: Path) -> None:
    data = str(idx_files.folder(tmp_path / "lines"))
    found = []
    for number, streamed in enumerate(([], ["--stream"])):
        out = tmp_path / str(number)
        result = run(
            *("--data", data, "--hidden", "8", "--epochs", "3", "--batch", "8"),
            *("--out", str(out), *streamed),
        )
        assert result.exit_code == 0, result.output
        assert "lines: 44 rows to train on, 4 to validate, 48 to test; 16 features" in result.stdout
        found.append(json.loads((out / "result.json").read_text()))
    one, other = (each["runs"]["manual"] for each in found)
    assert other["history"]["loss"] == one["history"]["loss"]
    assert other["history"]["validation_loss"] == one["history"]["validation_loss"]
    assert other["test_loss"] == one["test_loss"]
    assert "--stream" in found[1]["command"]


def test_what_cannot_be_streamed(tmp_path: Path) -> None:
    out = ("--stream", "--out", str(tmp_path / "out"))
    refused(run(*out), "--stream leaves a folder's rows in their files, and --data is digits; give")
    data = idx_files.folder(tmp_path / "lines")
    asked = (*out, "--data", str(data))
    refused(run(*asked, "--classes", "0,1"), "--stream and --classes are both given; give one")
    refused(run(*asked, "--mesh", "data=2", "--batch", "8"), "data are a Stream and mesh is given")
    idx_files.zipped(data)
    refused(run(*asked), f"{data / 'train-images-idx3-ubyte.gz'}: found a zipped file; wanted a pl")
    refused(run(*out, "--data", str(tmp_path / "no")), f"{tmp_path / 'no'}: found nothing")


def test_several_devices_train_as_one_does(tmp_path: Path) -> None:
    data = str(idx_files.folder(tmp_path / "lines"))
    found = []
    for number, mesh in enumerate(([], ["--mesh", "data=2,model=2"])):
        out = tmp_path / str(number)
        result = run(
            *("--data", data, "--hidden", "8", "--epochs", "3", "--batch", "8"),
            *("--dtype", "float64", "--out", str(out), *mesh),
        )
        assert result.exit_code == 0, result.output
        found.append(json.loads((out / "result.json").read_text())["runs"]["manual"])
    one, many = (np.asarray(each["history"]["loss"]) for each in found)
    np.testing.assert_allclose(many, one, rtol=1e-12)


DEVICES = {
    "--mesh data=64": "mesh 'data=64' takes 64 devices and there are 4",
    "--mesh rows=2": "mesh is 'rows=2'; wanted sizes of the axes data and model",
    "--mesh data=3": "batch_size is 8 and the mesh has 3 parts of a batch; wanted a multiple",
    "--devices -1": "--devices is -1; wanted 1 or more",
}


@pytest.mark.parametrize("asked", DEVICES)
def test_devices_that_cannot_be_had(asked: str, tmp_path: Path) -> None:
    result = run("--batch", "8", "--out", str(tmp_path), *asked.split())
    assert result.exit_code == 2
    assert DEVICES[asked] in result.stderr
    assert "Traceback" not in result.stderr
