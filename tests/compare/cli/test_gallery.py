"""``handgrad gallery``: one system, all names, a page that opens offline, and misuse."""

import html
import json
import re
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
        *("index.html", "gallery.json", "dag.png", *systems["dag"].captions),
    }
    page = html.unescape((tmp_path / "index.html").read_text())
    assert "http" not in page.replace("http://www.w3.org", "")
    assert systems["dag"].claim in page
    assert "S0-4, S1-4" in page
    assert page.count("data:image/svg+xml;base64,") == 3
    for file, shows in systems["dag"].captions.items():
        assert f"<figcaption>{shows} <span>({file})</span>" in page
    assert "f = (x + y)z" in page
    assert "handgrad gallery dag" in page


def test_one_more_system_leaves_the_others_on_the_page(tmp_path: Path) -> None:
    assert gallery("splits", "--out", str(tmp_path)).exit_code == 0
    result = gallery("dag", "--seed", "3", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "1 system, 2 of the lectures' entries: every claim holds." in result.stdout
    assert "index.html, with 1 from before" in " ".join(result.stdout.split())
    page = html.unescape((tmp_path / "index.html").read_text())
    sections = re.findall(r'<section class="system" id="(.*?)">', page)
    assert sections == ["dag", "splits"]  # as the lectures come
    figures = json.loads((tmp_path / "gallery.json").read_text())["splits"]["figures"]
    assert figures
    assert all(what in page and how_much in page for what, how_much in figures.items())
    assert page.count("data:image/png;base64,") == 1
    assert "<code>handgrad gallery splits</code>" in page
    assert "<code>handgrad gallery dag --seed 3</code>" in page

    (tmp_path / "splits.png").unlink()  # what is gone is not listed
    gallery("dag", "--out", str(tmp_path))
    assert "splits" not in (tmp_path / "index.html").read_text()


def test_an_earlier_failure_stays_on_the_page_and_is_not_this_run_s(tmp_path: Path) -> None:
    gallery("splits", "--out", str(tmp_path))
    record = json.loads((tmp_path / "gallery.json").read_text())
    record["splits"]["holds"] = False
    (tmp_path / "gallery.json").write_text(json.dumps(record))
    assert gallery("dag", "--out", str(tmp_path)).exit_code == 0
    page = (tmp_path / "index.html").read_text()
    assert "2 systems" in page
    assert "not borne out: splits" in page


@pytest.mark.parametrize("text", ["no", "[]", '{"dag": 3}', '{"dag": {"holds": true}}'])
def test_a_record_that_is_none_is_told_before_any_work(text: str, tmp_path: Path) -> None:
    (tmp_path / "gallery.json").write_text(text)
    result = gallery("dag", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "gallery.json is no record of a gallery; remove it, or give another" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["gallery.json"]


def test_the_list() -> None:
    result = gallery("--list")
    assert result.exit_code == 0
    words = result.stdout.split()
    assert [name for name in systems if name not in words] == []
    assert "S2-6" in words


MISUSE = [
    (["herd-effect"], "unknown system 'herd-effect'; did you mean 'herd'? known: cases, choices"),
    (["herd", "--budget", "0"], "--budget is 0; wanted a share of the work, more than 0 and at"),
    (["zeros-and-ones", "--data", "./nowhere"], "nowhere"),
]


@pytest.mark.parametrize(("arguments", "told"), MISUSE, ids=lambda value: str(value)[:30])
def test_misuse_is_told_in_a_line(arguments: list[str], told: str, tmp_path: Path) -> None:
    result = gallery(*arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
