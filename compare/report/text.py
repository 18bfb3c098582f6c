"""A report as plain text: the verdict in one sentence, the cause, then the nodes by name."""

import textwrap
from collections.abc import Sequence

from compare.report import sentences, tables
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
    blocks = [
        (sentences.verdict(report),),
        cause(report),
        grid(tables.wrong(report)),
        (*grid(tables.errors(report, full)), *broken("" if full else tables.fold(report))),
        remarks(report),
        footer(report),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def cause(report: Report) -> tuple[str, ...]:
    """Return the diagnosis: place and code, kind and reason, evidence, edit."""
    diagnosis = report.diagnosis
    if diagnosis is None:
        return ()
    evidence = (diagnosis.evidence,) if diagnosis.evidence else ()
    lines = (sentences.why(diagnosis), *evidence, *sentences.mend(diagnosis))
    told = (*sentences.source(diagnosis), *(part for line in lines for part in broken(line)))
    return tuple(f"  {line}" for line in told)


def remarks(report: Report) -> tuple[str, ...]:
    """Return the notes, the weak probes, and what a pass is worth."""
    said = [
        *(f"note: {note}" for note in report.notes),
        *(f"weak probe: {warning}" for warning in report.coverage.warnings),
        sentences.floor(report.coverage),
    ]
    return tuple(line for sentence in said for line in broken(sentence))


def footer(report: Report) -> tuple[str, ...]:
    """Return what the errors are, and under what the comparison was made."""
    meaning = sentences.legend(report) if report.nodes else ()
    return tuple(line for told in (*meaning, sentences.setting(report)) for line in broken(told))


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
