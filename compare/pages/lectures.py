"""The page of ``handgrad lectures``: every equation typeset, with its verdict and the evidence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import jinja2
from markupsafe import Markup, escape

from compare.lectures import Kind, Verdict, wording
from compare.lectures.fresh import DRAWS
from compare.pages.mathematics import typeset
from manual_backprop.lectures import Lecture

#: What a form is called that mends another.
MENDS: Mapping[Kind, str] = MappingProxyType(
    {
        "wrong": "Mended",
        "unreadable": "Mended",
        "breaks": "A stable form",
        "imprecise": "A stable form",
    }
)


def mended_as(verdict: Verdict) -> str:
    """Return what the second form of an entry is."""
    return MENDS.get(verdict.kind, "Another form")


def coded(text: str) -> Markup:
    """Return text as HTML, what stands in backticks as code."""
    parts = text.split("`")
    escaped = [
        Markup("<code>{}</code>").format(part) if k % 2 else escape(part)
        for k, part in enumerate(parts)
    ]
    return Markup("").join(escaped)


def write(
    found: Mapping[str, Verdict],
    lectures: Sequence[Lecture],
    path: Path,
    command: str,
    versions: Mapping[str, str],
) -> Path:
    """Write one self-contained page; it asks for nothing from anywhere.

    Args:
        found: Verdicts by entry.
        lectures: Those that the entries are of, in order.
        path: Of the page, in a folder that is there.
        command: The command line that makes it again.
        versions: Of what it was made with.
    """
    path.write_text(render(found, lectures, command, versions), encoding="utf-8")
    return path


def render(
    found: Mapping[str, Verdict],
    lectures: Sequence[Lecture],
    command: str,
    versions: Mapping[str, str],
) -> str:
    """Return the page as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("compare.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "typeset": typeset,
        "headline": wording.headline,
        "finding": wording.finding_line,
        "evidence": wording.evidence,
        "against": wording.against,
        "erratum": wording.erratum_line,
        "headline_of": wording.of_form,
        "legend": wording.legend,
        "erratum_legend": wording.erratum_legend,
        "coded": coded,
    }
    verdicts = list(found.values())
    template = environment.get_template("lectures.html.jinja")
    return template.render(
        found=found,
        lectures=[(one, [e for e in one.entries if e.id in found]) for one in lectures],
        summary=wording.summary(verdicts),
        sorted_out=wording.sorted_out(verdicts),
        headings=wording.HEADINGS,
        labels=wording.LABELS,
        mended_as=mended_as,
        draws=DRAWS,
        settled=all(verdict.settled for verdict in verdicts),
        command=command,
        versions=versions,
    )
