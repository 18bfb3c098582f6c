"""The record of a study: plain for the terminal, Markdown for the README.

python -m benchmarks.proofreading.table             the kept record, plain
python -m benchmarks.proofreading.table --readme    write it into README.md, between its markers
"""

import argparse
import json
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from benchmarks import results
from benchmarks.table import README, grid, pipes, put

KEPT = results.KEPT.with_name("proofreading.json")
BEGIN = "<!-- study: python -m benchmarks.proofreading.table --readme -->"
Row = dict[str, Any]
_MARKS = ("caught", "first_right", "line_right", "kind_right", "verified")
_PEER_HEADS = ("", "wrong ones asked", "noticed", "right ones asked", "false alarms")
_HEADS = ("", "mutants", "caught", "first node", "line", "kind", "repair", "seconds")


def plain(record: Row) -> str:
    """Return the tables: by derivation, by fault, beside the other tools, right derivations."""
    mutants, right = record["mutants"], record["right"]
    blocks = [
        grid([_HEADS, *_grouped(mutants, "derivation"), _line("all", mutants)]),
        grid([_HEADS, *_grouped(mutants, "fault")]),
        grid(
            [("", "asked", "noticed", "right ones asked", "false alarms"), *_peers(mutants, right)]
        ),
        grid([("right derivations", "runs", "false alarms", "seconds"), *_alarms(right)]),
        f"{record['seconds'] / 60:.1f} minutes",
    ]
    return "\n\n".join(blocks)


def markdown(record: Row) -> str:
    """Return what was found of all mutants, then the same beside the other tools."""
    mutants, right = record["mutants"], record["right"]
    styles = len({row["derivation"] for row in mutants})
    found = pipes([_HEADS, _line(f"{styles} derivations", mutants)])
    beside = pipes([_PEER_HEADS, *_peers(mutants, right)])
    return f"{found}\n\n{beside}"


def _grouped(rows: Sequence[Row], key: str) -> list[tuple[str, ...]]:
    names = sorted({row[key] for row in rows})
    return [_line(name, [row for row in rows if row[key] == name]) for name in names]


def _line(name: str, rows: Sequence[Row]) -> tuple[str, ...]:
    shares = (_share(rows, lambda row, mark=mark: row[mark]) for mark in _MARKS)
    return name, str(len(rows)), *shares, _seconds(rows)


def _peers(mutants: Sequence[Row], right: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return a line a tool: the wrong derivations it notices, the right ones it objects to."""
    wrong, sound = ([row for row in rows if "peers" in row] for rows in (mutants, right))
    caught, alarms = (_share(mutants, _caught), _share(right, lambda row: not row["agrees"]))
    lines = [("handgrad", str(len(mutants)), caught, str(len(right)), alarms)]
    for tool in wrong[0]["peers"] if wrong else ():

        def notices(row: Row, tool: str = tool) -> bool:
            return row["peers"].get(tool, False)

        noticed, alarms = _share(wrong, notices), _share(sound, notices)
        lines.append((tool, str(len(wrong)), noticed, str(len(sound)), alarms))
    return lines


def _caught(row: Row) -> bool:
    return row["caught"]


def _alarms(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [
        (dtype, str(len(some)), str(sum(not row["agrees"] for row in some)), _seconds(some))
        for dtype in sorted({row["dtype"] for row in rows})
        if (some := [row for row in rows if row["dtype"] == dtype])
    ]


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> str:
    return f"{100 * sum(map(holds, rows)) / len(rows):.1f} %" if rows else "-"


def _seconds(rows: Sequence[Row]) -> str:
    return f"{median(row['seconds'] for row in rows):.2f}" if rows else "-"


def main(argv: Sequence[str] | None = None) -> None:
    """Show the kept record, or write it into the README."""
    parser = argparse.ArgumentParser("python -m benchmarks.proofreading.table", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args(argv)
    if not KEPT.is_file():
        parser.error(f"no record at {KEPT.name}; `make bench-proofreading` makes one")
    record = json.loads(KEPT.read_text())
    if asked.readme:
        put(README, BEGIN, markdown(record))
    else:
        print(plain(record))


if __name__ == "__main__":
    main()
