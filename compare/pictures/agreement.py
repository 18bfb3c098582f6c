"""Agreement per node: a heat map of nodes against {formula, allowed, hand, autodiff} errors."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from compare.pictures import style
from compare.report import Node, Report, words

#: Powers of ten that the colours span: below float64's rounding, up to "all of it is wrong".
LOWEST, HIGHEST = -17.0, 0.0
#: So many rows are drawn at most.
MOST = 40


def agreement(report: Report) -> Figure:
    """Return the heat map of a report, the node nearest the loss on top.

    Colour is the power of ten of the error, darker is worse; each cell has its number too. A
    framed row speaks against the derivation, and says so at its end.
    """
    nodes = chosen(report)
    with style.styled():
        longest = max((len(node.name) for node in nodes), default=4)
        figure = style.canvas(6.6 + 0.075 * longest, max(3.4, 1.9 + 0.34 * len(nodes)))
        axes = figure.subplots()
        heads, table = _errors(nodes)
        norm = Normalize(LOWEST, HIGHEST)
        cells = _draw_cells(axes, table, norm)
        _write_numbers(axes, table, norm)
        _label(axes, heads, nodes)
        _frame_failing(axes, nodes, len(heads))
        bar = figure.colorbar(cells, ax=axes, pad=0.02, fraction=0.05)
        bar.set_label("error, power of ten")
        bar.outline.set_visible(False)
        shown = f" ({len(nodes)} of {len(report.nodes)} nodes)" * (len(nodes) < len(report.nodes))
        axes.set_title(f"Agreement per node{shown}", pad=10)
    return figure


def chosen(report: Report) -> tuple[Node, ...]:
    """Return the nodes to draw: all, or, of very many, those that fail and the least exact."""
    if len(report.nodes) <= MOST:
        return report.nodes
    by_weight = sorted(report.nodes, key=lambda node: (node.good, -_sortable(node.formula_error)))
    kept = set(map(id, by_weight[:MOST]))
    return tuple(node for node in report.nodes if id(node) in kept)


def _sortable(number: float) -> float:
    return -1.0 if math.isnan(number) else number


def _errors(nodes: Sequence[Node]) -> tuple[list[str], Float[np.ndarray, "nodes witnesses"]]:
    dtypes = {node.dtype for node in nodes}
    dtype = dtypes.pop() if len(dtypes) == 1 else "working precision"
    heads = ["formula\nfloat64", "allowed\nfloat64", f"hand\n{dtype}", f"autodiff\n{dtype}"]
    rows = [(n.formula_error, n.allowance, n.working_error, n.autodiff_error) for n in nodes]
    return heads, np.array(rows, dtype=np.float64).reshape(len(nodes), len(heads))


def _powers(table: Float[np.ndarray, "nodes witnesses"]) -> Float[np.ndarray, "nodes witnesses"]:
    """Return log10, a zero as the lowest colour; nan stays nan, and is left without colour."""
    return np.log10(np.clip(table, 10.0**LOWEST, 10.0**HIGHEST))


def _draw_cells(
    axes: Axes, table: Float[np.ndarray, "nodes witnesses"], norm: Normalize
) -> PatchCollection:
    """Draw a cell for each number that was measured, with a gap round it."""
    powers = _powers(table)
    measured = np.argwhere(~np.isnan(powers))
    boxes = [Rectangle((column - 0.48, row - 0.46), 0.96, 0.92) for row, column in measured]
    cells = PatchCollection(boxes, cmap=style.SCALE, norm=norm, linewidths=0)
    cells.set_array(powers[~np.isnan(powers)])
    axes.add_collection(cells)
    axes.set_xlim(-0.54, table.shape[1] - 0.46)
    axes.set_ylim(max(len(table), 1) - 0.44, -0.56)
    return cells


def _write_numbers(
    axes: Axes, table: Float[np.ndarray, "nodes witnesses"], norm: Normalize
) -> None:
    for (row, column), number in np.ndenumerate(table):
        share = float(norm(_powers(np.array([[number]]))[0, 0]))
        colour = style.INK if math.isnan(number) else style.contrast(share)
        text = "0" if number == 0 else words.error(float(number))
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)


def _label(axes: Axes, heads: Sequence[str], nodes: Sequence[Node]) -> None:
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(heads)), heads)
    axes.set_yticks(range(len(nodes)), [node.name for node in nodes])
    axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ends = axes.secondary_yaxis("right")
    ends.set_yticks(range(len(nodes)), [_ending(node) for node in nodes])
    ends.tick_params(length=0)
    ends.spines[:].set_visible(False)
    axes.set_ylabel("node, nearest the loss first")


def _ending(node: Node) -> str:
    return f"because of {node.consequence_of}" if node.consequence_of else node.verdict


def _frame_failing(axes: Axes, nodes: Sequence[Node], columns: int) -> None:
    """Draw a frame round each row that speaks against the derivation."""
    for row, node in enumerate(nodes):
        if not node.good:
            box = Rectangle((-0.53, row - 0.5), columns + 0.06, 1, fill=False, clip_on=False)
            box.set(edgecolor="#d1495b", linewidth=2.2, zorder=3)
            axes.add_patch(box)
