"""What depth costs: a program is measured, and the kept record shows what the page says."""

import pytest

from benchmarks import depth, results
from benchmarks.depth import Case


def test_a_case_is_compiled_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "WIDTH", 3)
    case = Case(5, "recomputed", "manual")
    case.compile()
    assert case.epochs(2) > 0
    assert int(case._run.epoch) == 2
    row = case.row()
    assert row["temporary_bytes"] > 0
    assert len(row["compile_seconds"]) == 1


def row(layers: int, form: str, gradient: str, size: float) -> dict:
    return {
        "depth": layers,
        "form": form,
        "gradient": gradient,
        "temporary_bytes": int(1024 * size),
        "compile_seconds": [3 * size, size, 2 * size],
        "step_seconds": [size, 9 * size, size],
    }


def test_the_ratios_and_the_table() -> None:
    factors = {"scanned": 1.0, "recomputed": 0.5}
    rows = [
        row(layers, form, gradient, layers * factor * (1 if gradient == "manual" else 4))
        for layers in (8, 16)
        for form, factor in factors.items()
        for gradient in ("manual", "autodiff")
    ]
    found = depth.ratios(rows)
    assert found["compile, depth 16 : 8, scanned, manual"] == 2.0
    assert found["memory, recomputed : scanned, depth 16, autodiff"] == 0.5
    assert found["step, manual : autodiff, depth 16, recomputed"] == 0.25
    lines = depth.table({"rows": rows, "ratios": found}).splitlines()
    assert lines[1].split() == ["8", "scanned", "manual", "8.00", "s", "8", "KiB", "0"]
    assert lines[-1].split()[-1] == "0.250"


def test_the_kept_record_shows_what_is_claimed() -> None:
    kept = results.read(depth.KEPT)
    assert {row["depth"] for row in kept["rows"]} == set(depth.DEPTHS)
    ratios = kept["ratios"]
    for gradient in ("manual", "autodiff"):
        for form in ("scanned", "recomputed"):
            assert ratios[f"compile, depth 512 : 8, {form}, {gradient}"] <= 1.5
    assert ratios["memory, recomputed : scanned, depth 512, manual"] <= 1 / 8
    for form in ("scanned", "recomputed"):
        assert ratios[f"memory, manual : autodiff, depth 512, {form}"] <= 1
