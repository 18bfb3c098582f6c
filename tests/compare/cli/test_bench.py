from pathlib import Path

import pytest
from typer.testing import CliRunner

from compare.cli import bench
from compare.cli.app import app


def test_options_go_to_the_benchmarks(capfd: pytest.CaptureFixture[str]) -> None:
    assert CliRunner().invoke(app, ["bench", "--engines", "tourch"]).exit_code == 2
    assert "invalid choice: 'tourch'" in capfd.readouterr().err


def test_without_the_repository_it_says_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    result = CliRunner().invoke(app, ["bench"])
    assert result.exit_code == 2
    assert "the benchmarks are in handgrad's repository" in result.output
