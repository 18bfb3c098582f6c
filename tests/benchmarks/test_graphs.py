"""The random graphs as a command: what it prints and keeps."""

import json
from pathlib import Path

import pytest

from benchmarks import graphs


def test_a_few(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    graphs.main(["--count", "20", "--out", str(tmp_path / "record.json")])
    told = capsys.readouterr().out
    kept = json.loads((tmp_path / "record.json").read_text())
    assert kept["graphs"] >= 20
    assert kept["disagreements"] == 0
    assert f"{kept['partials']:,} partials in float64 against autodiff: 0 disagreements" in told


def test_what_is_kept_is_of_the_whole_study() -> None:
    kept = json.loads(graphs.KEPT.read_text())
    assert kept["graphs"] >= graphs.COUNT >= 2000
    assert kept["disagreements"] == 0
    assert kept["gates never drawn"] == []
