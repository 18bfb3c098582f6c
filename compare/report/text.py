"""A report as plain text: the verdict in one sentence, the cause, then the nodes by name."""

import textwrap
from collections.abc import Sequence

from compare.report import sentences, tables
from compare.report.diagnosis import Diagnosis
from compare.report.report import Report
from compare.report.tables import Table

#: Sentences are broken here; tables are as wide as they are.
WIDTH = 100


def render(report: Report, *, full: bool = False) -> str:
    """Return the report as lines of plain text, without colour.

    Args:
        report: What to show.
        full: List every node; otherwise passing nodes, when many, are folded into one line.
    """
    fold = "" if full else tables.fold(report)
    blocks = [
        (sentences.verdict(report),),
        *(cause(diagnosis) for diagnosis in sentences.diagnoses(report)),
        grid(tables.wrong(report)),
        (*grid(tables.errors(report, full)), *broken(fold)),
        [line for sentence in sentences.remarks(report) for line in broken(sentence)],
        [line for sentence in sentences.footer(report) for line in broken(sentence)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def cause(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return a diagnosis: the line with carets under the expression, then the sentences."""
    told = [line for sentence in sentences.cause(diagnosis) for line in broken(sentence)]
    return tuple(f"  {line}" for line in (*sentences.source(diagnosis), *told))


def grid(table: Table | None) -> tuple[str, ...]:
    """Return a table as aligned lines: the heads, then one line a row."""
    if table is None:
        return ()
    lines = (table.heads, *table.rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return tuple(_line(cells, widths, table.numeric) for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, numeric, strict=True)
    )
    return ("  " + "  ".join(padded)).rstrip()


def broken(sentence: str, indent: str = "  ") -> tuple[str, ...]:
    """Return a sentence as lines that are not too long; the second and later ones indented."""
    return tuple(
        textwrap.wrap(
            sentence,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
