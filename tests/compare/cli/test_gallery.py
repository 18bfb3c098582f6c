"""``handgrad gallery``: one system, all names, a page that opens offline, and misuse."""

import html
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from compare.cli.app import app
from compare.gallery import systems


def gallery(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["gallery", *arguments])


def test_one_system_with_its_page(tmp_path: Path) -> None:
    result = gallery("dag", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == (
        "holds  dag (S0-4, S1-4): Backpropagation over any graph"
    )
    assert "1 system, 2 of the lectures' entries: every claim holds." in result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        *("index.html", "dag.png", "dag-scalars.svg", "dag-modules.svg"),
    }
    page = html.unescape((tmp_path / "index.html").read_text())
    assert "http" not in page.replace("http://www.w3.org", "")
    assert systems["dag"].claim in page
    assert "S0-4, S1-4" in page
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "handgrad gallery dag" in page


def test_the_list() -> None:
    result = gallery("--list")
    assert result.exit_code == 0
    words = result.stdout.split()
    assert [name for name in systems if name not in words] == []
    assert "S2-6" in words


MISUSE = [
    (["herd-effect"], "unknown system 'herd-effect'; did you mean 'herd'? known: cases, choices"),
    (["herd", "--budget", "0"], "share is 0.0; wanted more than 0, at most 1"),
    (["zeros-and-ones", "--data", "./nowhere"], "nowhere"),
]


@pytest.mark.parametrize(("arguments", "told"), MISUSE, ids=lambda value: str(value)[:30])
def test_misuse_is_told_in_a_line(arguments: list[str], told: str, tmp_path: Path) -> None:
    result = gallery(*arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
