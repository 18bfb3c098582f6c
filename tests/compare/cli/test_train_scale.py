"""``handgrad train``: rows that stay in their files, and several devices."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.compare.cli import idx_files
from tests.compare.cli.trained import refused, run


def test_a_streamed_folder_trains_as_one_in_memory(tmp_path: Path) -> None:
    data = str(idx_files.folder(tmp_path / "lines"))
    found = []
    for number, streamed in enumerate(([], ["--stream"], ["--stream", "--mesh", "data=2,model=2"])):
        out = tmp_path / str(number)
        result = run(
            *("--data", data, "--hidden", "8", "--epochs", "3", "--batch", "8"),
            *("--out", str(out), *streamed),
        )
        assert result.exit_code == 0, result.output
        assert "lines: 44 rows to train on, 4 to validate, 48 to test; 16 features" in result.stdout
        found.append(json.loads((out / "result.json").read_text()))
    one, other, meshed = (each["runs"]["manual"] for each in found)
    assert other["history"]["loss"] == one["history"]["loss"]
    assert other["history"]["validation_loss"] == one["history"]["validation_loss"]
    assert other["test_loss"] == one["test_loss"]
    assert meshed["history"]["loss"] == pytest.approx(one["history"]["loss"], rel=1e-5)
    assert "--stream" in found[1]["command"]


def test_what_cannot_be_streamed(tmp_path: Path) -> None:
    out = ("--stream", "--out", str(tmp_path / "out"))
    refused(run(*out), "--stream leaves a folder's rows in their files, and --data is digits; give")
    data = idx_files.folder(tmp_path / "lines")
    asked = (*out, "--data", str(data))
    refused(run(*asked, "--classes", "0,1"), "--stream and --classes are both given; give one")
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
