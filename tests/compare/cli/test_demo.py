"""``handgrad demo``: all four things it shows hold, and the report lies in its folder."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compare.cli import demonstration
from compare.cli.app import app


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(app, ["demo", "--out", str(out)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    return result.stdout.splitlines(), out


def test_every_node_agrees(shown: tuple[list[str], Path]) -> None:
    lines, _ = shown
    assert any(
        line.startswith("hand and autodiff gradients agree in all 9 nodes") for line in lines
    )
    part = lines[: next(i for i, line in enumerate(lines) if line.startswith("2. "))]
    named = {line.split()[1] for line in part if line.startswith("  agrees ")}
    params = {f"params[{layer}].{leaf}" for layer in range(3) for leaf in ("weight", "bias")}
    assert named == params | {"z1", "z2", "z3"}


def test_the_mistake_is_caught_and_its_first_wrong_node_named(
    shown: tuple[list[str], Path],
) -> None:
    lines, _ = shown
    assert any(
        line.startswith("hand and autodiff gradients differ in 6 of 9 nodes, first in z2[")
        for line in lines
    )
    assert sum(line.endswith("  z2") for line in lines) == 5  # because of z2


def test_both_gradients_reach_the_same_accuracy(shown: tuple[list[str], Path]) -> None:
    lines, _ = shown
    rows = [line for line in lines if re.match(r"  (manual|autodiff) +\d+ ", line)]
    accuracies = [float(re.findall(r"([\d.]+) %", row)[0]) for row in rows]
    assert len(accuracies) == 2
    assert accuracies[0] == accuracies[1] >= 97


def test_the_two_runs_stay_together(shown: tuple[list[str], Path]) -> None:
    lines, _ = shown
    assert any("stay together for 200 steps in float64" in line for line in lines)


def test_the_report_and_its_pictures_lie_in_the_folder(shown: tuple[list[str], Path]) -> None:
    lines, out = shown
    assert lines[-1] == f"report: {out / 'report.html'}"
    pictures = {path.stem for path in out.glob("*.png")}
    assert pictures >= {
        *("agreement", "mistake", "curves", "gradient-norms", "lockstep", "confusion-matrix"),
        "misclassified",
    }
    page = (out / "report.html").read_text()
    assert "http" not in page
    assert all(f"({picture}.png)" in page for picture in pictures)


def test_the_mistake_can_be_made_there() -> None:
    on = demonstration.subject(seed=0)
    assert demonstration.LAYER in demonstration.MISTAKE.layers(on.mlp, demonstration.ROWS)
