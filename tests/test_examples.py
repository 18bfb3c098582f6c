"""Every example runs, in little time, and says what its docstring promises."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from functional_nn.datasets import digits, write_idx

EXAMPLES = Path(__file__).parents[1] / "examples"
LINES = 90

#   script, arguments, exit code, what it says
RUNS = [
    ("check_a_derivation", [], 0, "agree in all 6 nodes"),
    ("check_a_custom_rule", [], 0, "agree on paper, but not in float32"),
    ("train_with_your_derivation", ["--epochs", "3"], 0, "my_gradient: 3 epochs"),
    ("compare_two_engines", ["--steps", "20"], 0, "stay together for 20 steps in float64"),
    ("zeros_and_ones", ["--epochs", "3"], 0, "test accuracy"),
    ("playground", ["--data", "xor", "--frames", "3", "--steps", "40"], 0, "animation: play"),
]


def run(name: str, arguments: list[str]) -> int:
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"](arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "said"), RUNS, ids=lambda value: str(value)[:40]
)
def test_it_runs(
    name: str,
    arguments: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(name, arguments) == code
    assert said in capsys.readouterr().out


#   mistake, the first wrong node, how many are wrong
MISTAKES = [
    ("sum-for-mean", "z2", 6),
    ("missing-slope", "z1", 3),
    ("stale-value", "z1", 3),
    ("mean-for-sum", "params['b1']", 1),
]


@pytest.mark.parametrize(("mistake", "node", "wrong"), MISTAKES, ids=str)
def test_a_planted_mistake_is_found_on_its_line(
    mistake: str, node: str, wrong: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check_a_derivation", ["--mistake", mistake]) == 1
    out = capsys.readouterr().out
    lines = (EXAMPLES / "check_a_derivation.py").read_text().splitlines()
    condition = next(k for k, line in enumerate(lines) if f'if mistake == "{mistake}":' in line)
    assert f"differ in {wrong} of 6 nodes, first in {node}[" in out
    assert f"check_a_derivation.py:{condition + 2}  {lines[condition + 1].strip()}" in out
    assert "edit that makes all nodes agree" in out
    assert "(verified on fresh" in " ".join(out.split())


def test_a_folder_of_idx_files_serves_as_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = digits()
    images = (data.x * 255).astype(np.uint8).reshape(-1, 8, 8)
    for part, rows in (("train", slice(0, 1500)), ("t10k", slice(1500, None))):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", images[rows])
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", data.y[rows].astype(np.uint8))
    assert run("zeros_and_ones", ["--data", str(tmp_path), "--epochs", "3"]) == 0
    assert "2 classes" in capsys.readouterr().out


UNFIT = [
    (["--out", "no/such/x.gif"], "--out no/such/x.gif: there is no folder no/such; make it, or"),
    (["--out", "x.xyz"], "--out is x.xyz; wanted a name that ends in .gif"),
    (["--steps", "-3"], "--steps is -3; wanted at least 1"),
    (["--frames", "1"], "--frames is 1; wanted at least 2"),
    (["--rate", "-1"], "--rate is -1; wanted a number above 0"),
    (["--hidden", "4,-2"], "-2"),
    (["--hidden", "a"], "a"),
    (["--noise", "-1"], "noise"),
    (["--features", "x1,x3"], "unknown feature 'x3'; did you mean 'x"),
]


@pytest.mark.parametrize(("arguments", "told"), UNFIT, ids=lambda value: str(value)[:30])
def test_the_playground_refuses_before_it_works(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        run("playground", arguments)
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""
    assert not list(tmp_path.iterdir())


def test_all_are_run_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {name for name, *_ in RUNS}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_each_is_one_idea(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LINES
    assert text.startswith('"""')
    assert f"    python examples/{path.name}" in text.partition('"""\n\n')[0]
