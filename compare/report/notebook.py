"""A report as a notebook shows it: a table in HTML, with nothing but inline styles."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compare.report.report import Report


def render(report: "Report") -> str:
    """Return the report as an HTML fragment."""
    from compare.report import text

    return f"<pre>{escape(text.render(report))}</pre>"
