"""What a check costs is measured beside one compilation, nothing compiled before."""

import json
from pathlib import Path

import pytest

from benchmarks.proofreading import cost


def test_a_quick_look_has_every_column(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "QUICK", (12, 27))
    monkeypatch.setattr(cost, "_MOST_BY_TORCH", 0)
    monkeypatch.setattr(cost.jax, "clear_caches", lambda: None)  # other tests want them
    cost.main(["--quick", "--out", str(tmp_path / "cost.json")])
    rows = json.loads((tmp_path / "cost.json").read_text())["rows"]
    assert [row["parameters"] for row in rows] == [12, 27]
    assert all(row["check"] > 0 and row["compilation"] > 0 for row in rows)
    said = capsys.readouterr().out
    assert "5 of these + 1 s" in said
    assert len(said.splitlines()) == 3
