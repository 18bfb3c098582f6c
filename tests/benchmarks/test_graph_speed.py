"""The graph's sweep beside the delta recursion, measured: what is told, and that both are one."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import graph_speed


def test_a_glance(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    graph_speed.main(["--quick", "--out", str(tmp_path / "record.json")])
    head, line, verdict = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["network", "batch", "graph", "recursion"]
    assert line.split()[:2] == ["64-32-10", "32"]
    assert verdict.startswith("largest ratio ")
    (kept,) = json.loads((tmp_path / "record.json").read_text())["networks"]
    assert {name: len(rounds) for name, rounds in kept["seconds"].items()} == {
        "graph": 3,
        "recursion": 3,
    }
    assert kept["operations"]["graph"] <= 1.1 * kept["operations"]["recursion"]


@pytest.mark.parametrize(("ratio", "verdict"), [(1.05, "within 1.1"), (1.2, "ABOVE 1.1")])
def test_the_verdict(ratio: float, verdict: str) -> None:
    found: dict[str, Any] = {
        "network": "2-1",
        "batch": 4,
        "seconds": {"graph": [ratio, ratio], "recursion": [1.0, 1.0]},
        "ratio": ratio,
        "operations": {"graph": 1, "recursion": 1},
    }
    assert graph_speed.table({"networks": [found]}).endswith(f"{ratio:.3f}: {verdict}")
