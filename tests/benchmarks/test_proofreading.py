"""The mutation study: mutants differ in the line they name, and are judged by it."""

from pathlib import Path

from benchmarks.proofreading import table
from benchmarks.proofreading.mutants import mutants, right
from benchmarks.proofreading.study import chosen, judged, of_right_ones


def test_a_mutant_differs_from_the_right_one_in_its_line_only(tmp_path):
    source = Path(right("gaussian").__file__).read_text().splitlines()
    found = list(mutants("gaussian", tmp_path))
    assert len(found) > 20
    for mutant in found[::5]:
        changed = Path(mutant.module.__file__).read_text().splitlines()
        lines = [
            k + 1 for k, pair in enumerate(zip(source, changed, strict=True)) if len({*pair}) > 1
        ]
        assert lines == [mutant.fault.line]


def test_what_is_said_is_held_against_what_is_true(tmp_path):
    mutant = next(m for m in chosen("gaussian", tmp_path, 1) if m.fault.name == "sign")
    row = judged(mutant)
    assert all(row[mark] for mark in ("caught", "first_right", "line_right", "kind_right"))
    spoiled = {**row, "line_right": False}
    record = {"mutants": [row, spoiled], "right": list(of_right_ones("gaussian", 1)), "seconds": 9}
    text = table.markdown(record)
    assert "| 1 derivations | 2 | 100.0 % | 100.0 % | 50.0 % |" in text
    assert "| handgrad | 2 | 100.0 % | 1 | 0.0 % |" in text
