"""The record of a run as tables: plain for the terminal, Markdown for the README.

python -m benchmarks.table             the kept record, plain
python -m benchmarks.table --markdown  the same for a document
python -m benchmarks.table --readme    write it into README.md, between its markers
"""

import argparse
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import results
from benchmarks.summary import Row, fastest_peer, paired_ratio, rows

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks: python -m benchmarks.table --readme -->", "<!-- end -->"
FLOOR_HEADS = ("the step's parts", "products", "Adam", "a step", "share", "both", "fastest by")


def plain(record: dict[str, Any]) -> str:
    """Return one table a workload, one on the gradients, and the circumstances."""
    blocks = [textwrap.fill(circumstances(record), 100)]
    for workload in record["workloads"]:
        heads = ("steps per second", "", "median", "spread", "of fastest peer", "loss")
        lines = [heads, *(_plain_row(row) for row in rows(workload))]
        blocks.append(f"{_title(workload)}\n{grid(lines)}")
    heads = ("the gradient alone", "hand", "autodiff", "time ratio", "temporary memory")
    blocks.append(grid([heads, *(_gradient_row(each) for each in record["workloads"])]))
    blocks.append(grid([FLOOR_HEADS, *(_floor_row(each) for each in record["workloads"])]))
    return "\n\n".join(blocks)


def markdown(record: dict[str, Any]) -> str:
    """Return the medians, a workload a row, then the gradients, then the circumstances."""
    engines = [entry["label"] for entry in record["workloads"][0]["engines"]]
    steps = [
        ("steps per second", *engines, "manual beside the fastest peer"),
        *(_markdown_row(workload) for workload in record["workloads"]),
    ]
    heads = (
        "gradient alone",
        "hand",
        "autodiff",
        "time ratio",
        "temporary memory, hand : autodiff",
    )
    gradients = [heads, *(_gradient_row(workload) for workload in record["workloads"])]
    floors = [FLOOR_HEADS, *(_floor_row(workload) for workload in record["workloads"])]
    return "\n\n".join((pipes(steps), pipes(gradients), pipes(floors), circumstances(record)))


def circumstances(record: dict[str, Any]) -> str:
    """Return when, where, and on what versions."""
    where = record["machine"]
    needs = {
        entry["needs"]: entry["version"]
        for workload in record["workloads"]
        for entry in workload["engines"]
        if entry["version"]
    }
    versions = ", ".join(f"{name} {version}" for name, version in needs.items())
    taken = {
        len(entry["steps_per_second"])
        for workload in record["workloads"]
        for entry in workload["engines"]
        if "steps_per_second" in entry
    }
    rounds = " to ".join(map(str, sorted({min(taken), max(taken)}))) if taken else "0"
    return (
        f"{record['date']}, {where['cpu']}, {where['threads']} threads each, "
        f"Python {where['python']}, {versions}. Medians of {rounds} rounds."
    )


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Return aligned columns, the first on the left."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def pipes(lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    head, *body = ("| " + " | ".join(line) + " |" for line in lines)
    rule = "|---" + "|--:" * (len(lines[0]) - 1) + "|"
    return "\n".join((head, rule, *body))


def _title(workload: dict[str, Any]) -> str:
    return f"{workload['name']}, batch {workload['batch']}"


def _plain_row(row: Row) -> tuple[str, ...]:
    if row.rate is None:
        return row.label, row.version, row.problem, "", "", ""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return row.label, row.version, _rate(row), f"{row.spread:.0%}", ratio, f"{row.loss:.3f}"


def _markdown_row(workload: dict[str, Any]) -> tuple[str, ...]:
    found = rows(workload)
    ratio = next((row.ratio for row in found if row.ours and row.ratio), None)
    peer = fastest_peer(workload)
    beside = f"{ratio:.2f} x {peer['label']}" if ratio and peer else "-"
    return _title(workload), *(_rate(row) for row in found), beside


def _rate(row: Row) -> str:
    if row.rate is None:
        return row.problem
    return f"{row.rate:,.0f}" if row.rate >= 100 else f"{row.rate:.1f}"


def _gradient_row(workload: dict[str, Any]) -> tuple[str, ...]:
    hand, auto = (workload["gradients"][name] for name in ("manual", "autodiff"))
    times = [f"{median(each['seconds']) * 1e6:,.0f} µs" for each in (hand, auto)]
    ratio = paired_ratio(hand["seconds"], auto["seconds"])
    memory = " : ".join(f"{each['temporary_bytes'] / 1024:,.0f} KiB" for each in (hand, auto))
    return _title(workload), *times, f"{ratio:.2f}", memory


def _floor_row(workload: dict[str, Any]) -> tuple[str, ...]:
    """Return the time of the products, of the update, of a step, and what share of it they are."""
    products, update = workload["floor"]["products"], workload["floor"]["update"]
    hand = next((row.rate for row in rows(workload) if row.ours and row.rate), None)
    libraries = Counter(each["by"] for each in products)
    by = ", ".join(f"{count} {name}" for name, count in libraries.most_common())
    by += f"; Adam {update['by']}" if update else ""
    floor = workload["floor"]["seconds"]
    whole = floor + update["seconds"] if update else None
    return (
        _title(workload),
        f"{floor * 1e6:,.0f} µs",
        f"{update['seconds'] * 1e6:,.0f} µs" if update else "-",
        f"{1e6 / hand:,.0f} µs" if hand else "-",
        f"{floor * hand:.0%}" if hand else "-",
        f"{whole * hand:.0%}" if hand and whole else "-",
        by,
    )


def write_readme(record: dict[str, Any], path: Path = README) -> None:
    """Put the tables between the markers of a document."""
    put(path, BEGIN, markdown(record))


def put(path: Path, begin: str, text: str) -> None:
    """Put a text between a marker of a document and the next ``END``."""
    head, rest = path.read_text().split(begin)
    _, tail = rest.split(END, 1)
    path.write_text(f"{head}{begin}\n\n{text}\n\n{END}{tail}")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.table", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("record", nargs="?", type=Path, default=results.KEPT)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args(argv)
    if not asked.record.is_file():
        parser.error(f"no record at {asked.record.name}; `make bench` makes one")
    record = results.read(asked.record)
    if asked.readme:
        write_readme(record)
    else:
        print(markdown(record) if asked.markdown else plain(record))


if __name__ == "__main__":
    main()
