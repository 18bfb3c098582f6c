"""Forward mode beside reverse mode: a sweep an input, a sweep an output."""

from pathlib import Path

import pytest

from benchmarks import modes


def test_the_side_with_fewer_sweeps_is_cheaper() -> None:
    wide, tall = (modes.measure(*shape, rounds=1, seconds=0.01) for shape in [(100, 1), (1, 100)])
    assert wide.reverse < wide.forward
    assert tall.forward < tall.reverse


def test_the_table_and_the_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    modes.main(["--quick", "--picture", str(tmp_path / "modes.png")])
    *lines, told = capsys.readouterr().out.splitlines()
    assert told == f"picture: {tmp_path / 'modes.png'}"
    assert (tmp_path / "modes.png").stat().st_size > 10_000
    assert lines[0].split() == [
        "inputs",
        "outputs",
        "forward",
        "reverse",
        "forward",
        "/",
        "reverse",
    ]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["1", "1"],
        ["10", "1"],
        ["100", "1"],
        ["1", "1"],
        ["1", "10"],
        ["1", "100"],
    ]
