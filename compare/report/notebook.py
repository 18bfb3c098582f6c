"""A report as a notebook shows it: HTML with nothing but inline styles.

Text and background are the notebook's own, so it reads in light and dark; every verdict is a
word and a sign, so it reads in grey.
"""

from collections.abc import Iterable
from html import escape
from types import MappingProxyType

from compare.report import sentences, tables
from compare.report.diagnosis import Diagnosis
from compare.report.report import Report
from compare.report.tables import Table

#: A sign before each verdict.
SIGNS = MappingProxyType(
    {"agrees": "✓", "wrong": "✗", "imprecise": "≈", "kink": "∠", "unchecked": "?"}
)
_BAD = "#d1495b"
_LINE = "rgba(128,128,128,.35)"
_CELL = f"padding:.15em .7em;border:0;border-top:1px solid {_LINE};white-space:nowrap"
_SMALL = "margin:.1em 0;font-size:.85em;opacity:.8"
_MONO = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em"
_MARK = f"color:inherit;background:rgba(209,73,91,.25);border-bottom:2px solid {_BAD}"
_BARS = MappingProxyType({True: "#2a9d6f", False: _BAD})


def render(report: Report) -> str:
    """Return the report as an HTML fragment."""
    parts = [
        _paragraph(sentences.verdict(report), "font-weight:600;margin:0 0 .6em"),
        *map(_cause, sentences.diagnoses(report)),
        _table(tables.wrong(report)),
        _table(tables.errors(report)),
        _folded(report),
        *map(_paragraph, sentences.remarks(report)),
        *(_paragraph(line, _SMALL) for line in sentences.footer(report)),
    ]
    bar = f"border-left:.35em solid {_BARS[report.agrees]};padding:.2em 0 .2em 1em;margin:.6em 0"
    return f'<div class="handgrad-report" style="{bar};line-height:1.45">{"".join(parts)}</div>'


def _paragraph(text: str, style: str = "margin:.3em 0") -> str:
    return f'<p style="{style}">{escape(text)}</p>'


def _cause(diagnosis: Diagnosis) -> str:
    paragraphs = "".join(map(_paragraph, sentences.cause(diagnosis)))
    return (_source(diagnosis) if diagnosis.where else "") + paragraphs


def _source(diagnosis: Diagnosis) -> str:
    """Return the suspected line, the expression marked by colour, and by carets below it."""
    line, *carets = sentences.source(diagnosis)
    before, marked, after = sentences.marked_line(diagnosis)
    place = line.removesuffix(before + marked + after)
    if marked:
        code = f'{escape(before)}<mark style="{_MARK}">{escape(marked)}</mark>{escape(after)}'
    else:
        code = escape(before)
    shown = "\n".join((escape(place) + code, *carets))
    return f'<pre style="{_MONO};margin:.5em 0;overflow-x:auto">{shown}</pre>'


def _table(table: Table | None) -> str:
    """Return a table that scrolls by itself when it is too wide."""
    if table is None:
        return ""
    heads = "".join(
        f'<th scope="col" style="{_CELL};border-top:0;text-align:{_side(number)}">'
        f"{escape(head)}</th>"
        for head, number in zip(table.heads, table.numeric, strict=True)
    )
    rows = "".join(_row(cells, table) for cells in table.rows)
    return (
        '<div style="overflow-x:auto;margin:.7em 0">'
        f'<table style="border-collapse:collapse;font-variant-numeric:tabular-nums;{_MONO}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(cells: Iterable[str], table: Table) -> str:
    parts = (
        f'<td style="{_CELL};text-align:{_side(number)}">{escape(_signed(cell, head))}</td>'
        for cell, head, number in zip(cells, table.heads, table.numeric, strict=True)
    )
    return f'<tr style="background:transparent">{"".join(parts)}</tr>'


def _signed(cell: str, head: str) -> str:
    if head == "wrong":
        return f"{SIGNS['wrong']} {cell}"
    return f"{SIGNS[cell]} {cell}" if head == "verdict" else cell


def _side(number: bool) -> str:
    return "right" if number else "left"


def _folded(report: Report) -> str:
    """Return the line that stands for many passing nodes; it opens to show them all."""
    line = tables.fold(report)
    if not line:
        return ""
    everything = _table(tables.errors(report, full=True))
    style = "cursor:pointer;margin:.3em 0"
    return f'<details><summary style="{style}">{escape(line)}</summary>{everything}</details>'
