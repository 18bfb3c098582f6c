import pytest

from benchmarks import accelerator


def test_the_operations_of_a_step_are_those_of_its_products() -> None:
    forward, weights, deltas = 3 * 4 + 4 * 5, 3 * 4 + 4 * 5, 4 * 5
    assert accelerator.operations((3, 4, 5), batch=7) == 2 * 7 * (forward + weights + deltas)


def test_a_dry_run_has_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    accelerator.main(["--dry-run"])
    head, *rows = capsys.readouterr().out.splitlines()
    assert "hand's share" in head
    assert [row.split(",")[0] for row in rows] == ["16 wide"] * 3
    assert [row.split()[4] for row in rows] == ["float32", "TF32", "bfloat16"]
    for row in rows:
        assert row.count("TFLOP/s") == 3


def test_without_an_accelerator_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        accelerator.main([])
    assert "only the CPU; --dry-run" in capsys.readouterr().err
