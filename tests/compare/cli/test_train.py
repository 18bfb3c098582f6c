"""``handgrad train``: what it writes and prints."""

import html
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from tests.compare.cli import idx_files
from tests.compare.cli.trained import run


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
