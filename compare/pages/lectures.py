"""The page of ``handgrad lectures``: every equation typeset, with its verdict and the evidence."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from compare.lectures import Verdict, wording
from compare.pages.mathematics import typeset
from manual_backprop.lectures import Lecture


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
        settled=all(verdict.settled for verdict in verdicts),
        command=command,
        versions=versions,
    )
