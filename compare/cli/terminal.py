"""A report on a terminal: the plain text's words, with rich's tables and colours."""

from types import MappingProxyType

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from rich.text import Text

from compare.report import Report, sentences, tables, text
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


def report(found: Report, full: bool = False) -> Group:
    """Return the report as something that rich prints."""
    verdict = Text(sentences.verdict(found), style="bold green" if found.agrees else "bold red")
    fold = "" if full else tables.fold(found)
    parts: list[RenderableType | None] = [
        verdict,
        _cause(found),
        grid(tables.wrong(found)),
        grid(tables.errors(found, full)),
        Text(fold, style="green") if fold else None,
        *(Text(line) for line in text.remarks(found)),
        *(Text(line, style="dim") for line in text.footer(found)),
    ]
    return Group(*(part for part in parts if part is not None))


def _cause(found: Report) -> Text | None:
    lines = text.cause(found)
    if not lines:
        return None
    shown = Text("\n" + "\n".join(lines))
    shown.highlight_regex(r"(?m)^\s+\^+$", "bold red")
    shown.highlight_regex(r"(?m)^  [\w-]+(?=: )", "bold")
    shown.highlight_regex(r"(?m)^  edit that makes all nodes agree: .*$", "green")
    return shown


def grid(table: Table | None) -> RichTable | None:
    """Return a table with a line under its heads."""
    if table is None:
        return None
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head, number in zip(table.heads, table.numeric, strict=True):
        narrow = head not in ("note", "because of")
        shown.add_column(head, justify="right" if number else "left", no_wrap=narrow)
    for cells in table.rows:
        shown.add_row(*map(_cell, table.heads, cells))
    return shown


def _cell(head: str, cell: str) -> Text:
    if head == "wrong":
        return Text(f"{SIGNS['wrong']} {cell}", style=_STYLES["wrong"])
    if head == "verdict":
        return Text(f"{SIGNS[cell]} {cell}", style=_STYLES[cell])
    return Text(cell)


def bar(console: Console) -> Progress:
    """Return a progress bar that goes away when it is done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn("{task.fields[remark]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
