"""A figure as a file, and as a part of a page."""

import io
import re
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from compare.pictures import style

_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as ``path``, a PNG or SVG file by its ending, and return the path."""
    svg = path.suffix == ".svg"
    with style.styled():
        (FigureCanvasSVG if svg else FigureCanvasAgg)(figure)  # it may come with another canvas
        figure.savefig(path, metadata=_NO_METADATA if svg else None)
    return path


def inline_svg(figure: Figure, label: str) -> str:
    """Return a figure as an ``<svg>`` element for a page.

    It has no background, takes its ink from the text around it (so it turns light on a dark
    page), grows and shrinks with the page, and names no address.

    Args:
        figure: What to draw.
        label: What it shows, for those who cannot see it.
    """
    with style.styled():
        out = io.StringIO()
        FigureCanvasSVG(figure)
        figure.savefig(out, format="svg", transparent=True, metadata=_NO_METADATA)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = svg.replace(style.INK, "currentColor")
    width, height = (72 * inches for inches in figure.get_size_inches())
    head = (
        f'<svg role="img" aria-label="{_quoted(label)}" viewBox="0 0 {width:g} {height:g}" '
        f'style="width:100%;max-width:{width * 1.25:g}px;height:auto">'
    )
    return re.sub(r"<svg[^>]*>", lambda _: head, svg, count=1)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
