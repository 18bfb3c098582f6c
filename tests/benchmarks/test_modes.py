"""Forward mode beside reverse mode: a sweep an input, a sweep an output."""

import pytest

from benchmarks import modes


def test_the_side_with_fewer_sweeps_is_cheaper() -> None:
    wide, tall = (modes.measure(*shape, rounds=1, seconds=0.01) for shape in [(100, 1), (1, 100)])
    assert wide.reverse < wide.forward
    assert tall.forward < tall.reverse


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    modes.main(["--quick"])
    lines = capsys.readouterr().out.splitlines()
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
