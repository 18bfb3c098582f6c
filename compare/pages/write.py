"""Write a report folder: one self-contained page, and its pictures beside it."""

import re
from pathlib import Path

import jinja2
from markupsafe import Markup

from compare.pages.content import Page, Picture
from compare.pictures import files
from compare.report import Report

PAGE = "report.html"


def write(page: Page, folder: Path) -> Path:
    """Write ``report.html`` and a PNG file for each picture; return the page's path.

    The page holds its pictures and its style; it asks for nothing from anywhere, so it opens
    offline, from a mail or a memory stick.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for section in page.sections:
        for picture in section.pictures:
            files.save(picture.figure, folder / f"{picture.name}.png")
    path = folder / PAGE
    path.write_text(render(page), encoding="utf-8")
    return path


def render(page: Page) -> str:
    """Return the page as HTML."""
    return environment().get_template("report.html.jinja").render(page=page)


def environment() -> jinja2.Environment:
    """Return what knows the templates and their filters."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("compare.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"drawn": _drawn, "shown": _shown, "anchor": _anchor}
    return made


def _drawn(picture: Picture) -> Markup:
    return Markup(files.inline_svg(picture.figure, picture.caption))


def _shown(report: Report) -> Markup:
    return Markup(report._repr_html_())


def _anchor(title: str) -> str:
    """Return a heading as a name for links: lower case, words joined by dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
