from pathlib import Path
from typing import Any

import pytest

from benchmarks import results, table
from benchmarks.summary import fastest_peer, paired_ratio, rows, spread


def entry(key: str, samples: list[float] | None, ours: bool = False) -> dict[str, Any]:
    told = {"key": key, "label": key.title(), "ours": ours, "needs": key, "version": "1.0"}
    if samples is None:
        return told | {"version": "", "problem": "not installed"}
    return told | {"loss": 0.125, "steps_per_second": samples}


@pytest.fixture
def record() -> dict[str, Any]:
    workload = {
        "name": "64-32-10",
        "sizes": [64, 32, 10],
        "batch": 32,
        "steps_per_epoch": 200,
        "engines": [
            entry("manual", [3000.0, 1500.0, 3300.0], ours=True),
            entry("slow", [100.0, 100.0, 100.0]),
            entry("quick", [1000.0, 500.0, 1000.0]),
            entry("absent", None),
        ],
        "gradients": {
            "manual": {"seconds": [9e-6, 8e-6, 7e-6], "temporary_bytes": 1024},
            "autodiff": {"seconds": [9e-6, 16e-6, 14e-6], "temporary_bytes": 2048},
        },
        "floor": {
            "seconds": 1e-4,
            "products": [
                {"name": "u W1", "by": "quick", "seconds": 9e-5},
                {"name": "uT d1", "by": "slow", "seconds": 1e-5},
            ],
            "update": {"name": "Adam", "by": "quick", "seconds": 5e-5},
        },
    }
    where = {"cpu": "CPU", "threads": 2, "python": "3.11", "system": "Linux"}
    return {"date": "2026-01-02", "machine": where, "rounds": 3, "workloads": [workload]}


def test_the_ratio_is_that_of_rounds_side_by_side(record: dict[str, Any]) -> None:
    workload = record["workloads"][0]
    assert fastest_peer(workload)["key"] == "quick"
    assert [row.ratio for row in rows(workload)] == [3.0, 0.1, 1.0, None]
    assert paired_ratio([2.0, 4.0, 30.0], [1.0, 2.0, 10.0]) == 2.0


def test_spread_is_between_the_quartiles() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 3)
    assert spread([1.0]) == 0.0


def test_plain(record: dict[str, Any]) -> None:
    assert table.circumstances(record) == (
        "2026-01-02, CPU, 2 threads each, Python 3.11, manual 1.0, slow 1.0, quick 1.0. "
        "Medians of 3 rounds."
    )
    assert table.plain(record).partition("\n\n")[2].splitlines() == [
        "64-32-10, batch 32",
        "steps per second              median  spread  of fastest peer   loss",
        "Manual            1.0          3,000     30%             3.00  0.125",
        "Slow              1.0            100      0%             0.10  0.125",
        "Quick             1.0          1,000     25%             1.00  0.125",
        "Absent                 not installed",
        "",
        "the gradient alone  hand  autodiff  time ratio  temporary memory",
        "64-32-10, batch 32  8 µs     14 µs        0.50     1 KiB : 2 KiB",
        "",
        "the step's parts    products   Adam  a step  share  both                   fastest by",
        "64-32-10, batch 32    100 µs  50 µs  333 µs    30%   45%  1 quick, 1 slow; Adam quick",
    ]


def test_markdown(record: dict[str, Any]) -> None:
    head, rule, row = table.markdown(record).splitlines()[:3]
    assert head == (
        "| steps per second | Manual | Slow | Quick | Absent | manual beside the fastest peer |"
    )
    assert rule == "|---|--:|--:|--:|--:|--:|"
    assert row == "| 64-32-10, batch 32 | 3,000 | 100 | 1,000 | not installed | 3.00 x Quick |"


def test_without_any_peer_there_is_no_ratio(record: dict[str, Any]) -> None:
    engines = record["workloads"][0]["engines"]
    record["workloads"][0]["engines"] = [engines[0], engines[3]]
    assert "3,000 | not installed | - |" in table.markdown(record)
    assert "Manual            1.0          3,000     30%                   0.125" in table.plain(
        record
    )


def test_the_readme_gets_the_tables_between_its_markers(
    record: dict[str, Any], tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    for _ in range(2):
        table.write_readme(record, readme)
        assert readme.read_text() == (
            f"before\n{table.BEGIN}\n\n{table.markdown(record)}\n\n{table.END}\nafter\n"
        )


def test_a_record_is_kept_as_it_was(record: dict[str, Any], tmp_path: Path) -> None:
    results.write(record, tmp_path / "a.json")
    assert results.read(tmp_path / "a.json") == record


def test_no_record_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        table.main([str(tmp_path / "none.json")])
    assert "no record at none.json; `make bench` makes one" in capsys.readouterr().err


def test_the_readme_has_the_kept_record() -> None:
    assert table.markdown(results.read(results.KEPT)) in table.README.read_text()
