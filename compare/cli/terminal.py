"""A report on a terminal: the plain text's words, with rich's tables and colours."""

from types import MappingProxyType

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from compare.report import Report, sentences, tables, text
from compare.report.diagnosis import Diagnosis
from compare.report.notebook import SIGNS
from compare.report.tables import Table

_STYLES = MappingProxyType(
    {
        "agrees": "green",
        "wrong": "bold red",
        "imprecise": "bold yellow",
        "kink": "cyan",
        "unchecked": "bold magenta",
    }
)

_LECTURES = MappingProxyType(
    {
        "agrees": "green",
        "a convention": "cyan",
        "breaks": "yellow",
        "cannot": "bold magenta",
        "wrong": "bold red",
    }
)


def report(found: Report, console: Console, full: bool = False) -> Group:
    """Return the report as something that rich prints on this console."""
    fold = "" if full else tables.fold(found)
    parts: list[RenderableType | None] = [
        Text(sentences.verdict(found), style="bold green" if found.agrees else "bold red"),
        *(part for diagnosis in sentences.diagnoses(found) for part in _cause(diagnosis)),
        grid(tables.wrong(found), console),
        grid(tables.errors(found, full), console),
        Text(fold, style="green") if fold else None,
        *map(Text, sentences.remarks(found)),
        *(Text(line, style="dim") for line in sentences.footer(found)),
    ]
    return Group(*(part for part in parts if part is not None))


def _cause(diagnosis: Diagnosis) -> list[Text]:
    """Return the line at fault with carets under the expression, then what is wrong with it."""
    lines = ("", *(f"  {line}" for line in sentences.source(diagnosis)))
    source = Text("\n".join(lines), no_wrap=True, overflow="ignore")
    source.highlight_regex(r"(?m)^\s+\^+$", "bold red")
    told = [Text(f"  {line}") for line in sentences.cause(diagnosis)]
    told[0].highlight_regex(r"^  [\w-]+(?=: )", "bold")
    return [source, *told]


def grid(table: Table | None, console: Console) -> RenderableType | None:
    """Return a table with a line under its heads; plain lines where the terminal is too narrow."""
    if table is None:
        return None
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head, number in zip(table.heads, table.numeric, strict=True):
        shown.add_column(head, justify="right" if number else "left", no_wrap=True)
    for cells in table.rows:
        shown.add_row(*map(_cell, table.heads, cells))
    endless = console.options.update(max_width=10_000)
    if Measurement.get(console, endless, shown).maximum <= console.width:
        return shown
    return Text("\n" + "\n".join(text.grid(table)) + "\n", no_wrap=True, overflow="ignore")


def lines(table: Table, console: Console) -> RichTable:
    """Return a table with one line a row, cut at the terminal's edge; the verdict has a colour.

    The first column is shown in full, the second takes a third of the terminal at most.
    """
    shown = RichTable(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    first, second = (max(len(row[k]) for row in table.rows) for k in (0, 1))
    second = min(second, console.width // 3)
    gaps = 2 * 2
    for width in (first, second, console.width - first - second - gaps):
        shown.add_column(no_wrap=True, overflow="ellipsis", width=width)
    for *cells, verdict in table.rows:
        styles = (style for word, style in _LECTURES.items() if verdict.startswith(word))
        shown.add_row(*map(Text, cells), Text(verdict, style=next(styles, "")))
    return shown


def _cell(head: str, cell: str) -> Text:
    if head == "wrong":
        return Text(f"{SIGNS['wrong']} {cell}", style=_STYLES["wrong"])
    if head == "verdict":
        return Text(f"{SIGNS[cell]} {cell}", style=_STYLES[cell])
    return Text(cell)
