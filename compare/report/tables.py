"""The tables of a report, as rows of words: what is wrong by its numbers, the rest by its errors.

Every rendering (plain text, terminal, notebook, page) shows these; none computes anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compare.report import words
from compare.report.nodes import Node
from compare.report.report import Report

#: So many passing nodes are listed without being asked for; more are folded into one line.
FEW = 12


@dataclass(frozen=True)
class Column:
    """One column: its head, what it says of a node, and whether it holds numbers."""

    head: str
    cell: Callable[[Node], str]
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of words under their heads.

    Attributes:
        heads: Of the columns.
        rows: The cells, one row a node.
        nodes: Which node each row is about.
        numeric: Which columns hold numbers, and are aligned on the right.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nodes: tuple[Node, ...]
    numeric: tuple[bool, ...]


def wrong(report: Report) -> Table | None:
    """Return the wrong nodes with both numbers, the one nearest the loss first."""
    nodes = [node for node in report.nodes if node.verdict == "wrong"]
    first = report.first_wrong
    nodes.sort(key=lambda node: (node is not first, bool(node.consequence_of)))
    columns = (
        Column("wrong", lambda node: node.name),
        Column("shape", lambda node: words.shape(node.shape)),
        Column("elements", _share),
        Column("worst", lambda node: words.at(node.worst)),
        Column("hand", lambda node: words.value(node.worst.hand) if node.worst else "", True),
        Column("autodiff", _reference, True),
        Column("ratio", lambda node: words.factor(node.ratio), True),
        Column("cosine", lambda node: words.factor(node.cosine), True),
        Column("because of", lambda node: node.consequence_of),
        Column("note", lambda node: node.note),
    )
    return _table(columns, nodes)


def errors(report: Report, full: bool = False) -> Table | None:
    """Return the other nodes with their errors, those that do not pass first.

    Args:
        report: What to show.
        full: List every node, the wrong ones too, in the report's order.
    """
    nodes = list(report.nodes)
    if not full:
        nodes = [node for node in nodes if node.verdict != "wrong"]
        nodes.sort(key=lambda node: node.good)
        hidden = set(map(id, folded(report)))
        nodes = [node for node in nodes if id(node) not in hidden]
    dtypes = {node.dtype for node in nodes}
    dtype = f" {dtypes.pop()}" if len(dtypes) == 1 else ""
    columns = (
        Column("verdict", lambda node: node.verdict),
        Column("node", lambda node: node.name),
        Column("shape", lambda node: words.shape(node.shape)),
        Column("formula", lambda node: words.error(node.formula_error), True),
        Column("allowed", lambda node: words.error(node.allowance), True),
        Column(f"hand{dtype}", lambda node: words.error(node.working_error), True),
        Column(f"autodiff{dtype}", lambda node: words.error(node.autodiff_error), True),
        Column("ulp", _ulp, True),
        Column("note", _note),
    )
    return _table(columns, nodes)


def folded(report: Report) -> tuple[Node, ...]:
    """Return the nodes that agree, when they are too many to list unasked."""
    passing = tuple(node for node in report.nodes if node.verdict == "agrees")
    return passing if len(passing) > FEW else ()


def fold(report: Report) -> str:
    """Return the one line that stands for the folded nodes."""
    nodes = folded(report)
    if not nodes:
        return ""
    largest = max(node.formula_error for node in nodes)
    names = words.listed([node.name for node in nodes])
    return f"{len(nodes)} nodes agree, formula error at most {words.error(largest)}: {names}."


def _share(node: Node) -> str:
    return f"{node.wrong_elements}/{node.size}" if node.wrong_elements else ""


def _reference(node: Node) -> str:
    return words.value(node.worst.reference) if node.worst else ""


def _ulp(node: Node) -> str:
    """How many roundings an imprecise node is off; of the others nobody wants to know."""
    return words.factor(node.ulp) if node.verdict == "imprecise" else ""


def _note(node: Node) -> str:
    return f"because of {node.consequence_of}" if node.consequence_of else node.note


def _table(columns: Sequence[Column], nodes: Sequence[Node]) -> Table | None:
    """Return the cells; a column that says nothing of any node is left out."""
    if not nodes:
        return None
    cells = {column: tuple(column.cell(node) for node in nodes) for column in columns}
    told = [column for column, words_ in cells.items() if set(words_) - {"", words.BLANK}]
    return Table(
        heads=tuple(column.head for column in told),
        rows=tuple(zip(*(cells[column] for column in told), strict=True)),
        nodes=tuple(nodes),
        numeric=tuple(column.numeric for column in told),
    )
