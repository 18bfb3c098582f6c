"""Pieces of an SVG file: its colours, and text, frames and wires as elements."""

from xml.sax.saxutils import escape

from compare.drawing.cards import Line

INK, FAINT, GREEN, RED = "#1d2b3a", "#6b7785", "#12702e", "#c02626"

#: Width of a letter, in pixels: an upper bound for 14 pixels of any monospace.
LETTER = 8.5

#: Rules hold inside the drawing alone, so that a page may have several beside its own text.
STYLE = f"""
.handgrad-graph text {{ font: 14px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: {INK} }}
.handgrad-graph .title {{ font-weight: bold }}
.handgrad-graph .label {{ fill: {FAINT} }}
.handgrad-graph .value {{ fill: {GREEN} }}
.handgrad-graph .derivative {{ fill: {RED}; font-style: italic }}
.handgrad-graph .card {{ fill: white; stroke: {INK}; stroke-width: 1.4 }}
.handgrad-graph .input {{ fill: #eef3f8 }}
.handgrad-graph .constant {{ stroke-dasharray: 5 3 }}
.handgrad-graph .output {{ stroke-width: 3 }}
.handgrad-graph .wire {{ fill: none; stroke: {FAINT}; stroke-width: 1.5 }}
"""

ARROW = (
    '<marker id="handgrad-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    f'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="{FAINT}"/></marker>'
)


def opening(width: float, height: float) -> str:
    """Return the opening of a file of this size, in pixels."""
    size = f'width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="handgrad-graph" {size} '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    )


def frame(kind: str, x: float, y: float, width: float, height: float, corner: float) -> str:
    """Return a rectangle."""
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{corner:.1f}"/>'
    )


def label(kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    """Return a line of text."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def numbers(line: Line, x: float, y: float, width: float) -> str:
    """Return a number at the right end of its row, what it is at the left."""
    return label("label", x, y, line.label) + label(line.role, x + width, y, line.text, "end")


def curve(stops: tuple[float, float, float, float], y1: float, y2: float, arrow: bool) -> str:
    """Return a wire: level from the first stop to the second and from the third to the last."""
    start, first, last, end = stops
    half = (first + last) / 2
    head = ' marker-end="url(#handgrad-arrow)"' if arrow else ""
    return (
        f'<path class="wire" d="M{start:.1f} {y1:.1f}H{first:.1f}C{half:.1f} {y1:.1f} '
        f'{half:.1f} {y2:.1f} {last:.1f} {y2:.1f}H{end:.1f}"{head}/>'
    )


def level(x1: float, x2: float, y: float) -> str:
    """Return a straight piece of wire."""
    return f'<path class="wire" d="M{x1:.1f} {y:.1f}H{x2:.1f}"/>'
