"""What ``handgrad lectures`` says: a line an equation, the errata, one equation in full."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from compare.cli.screen import Screen
from compare.lectures import ORDER, Proof, Verdict, wording
from compare.report.tables import Table
from manual_backprop.lectures import Lecture, lectures

#: Columns that an equation takes in the list; what is longer is cut.
WIDTH = 44


def show_all(found: Mapping[str, Verdict], screen: Screen) -> None:
    """List every verdict by lecture, then what is wrong in the slides."""
    for lecture in lectures_of(found):
        screen.heading(f"{lecture.id}. {lecture.title}")
        screen.say(f"{lecture.convention}.")
        listed = [found[entry.id] for entry in lecture.entries if entry.id in found]
        rows = tuple(
            (one.entry.id, clipped(one.entry.printed.text), wording.headline(one)) for one in listed
        )
        screen.lines(Table(("id", "as printed", "verdict"), rows, (), (False,) * 3))
    for kind, verdicts in wording.sorted_out(found.values()).items():
        screen.heading(f"{wording.HEADINGS[kind]} ({len(verdicts)})")
        for verdict in verdicts:
            _erratum(verdict, screen)
    screen.say()
    screen.say(wording.summary(list(found.values())))
    screen.say("handgrad lectures ID shows one in full.")


def _erratum(verdict: Verdict, screen: Screen) -> None:
    """Say what is so of one equation, the numbers that say it, and what mends it."""
    screen.verbatim(f"{verdict.entry.id}  {verdict.entry.printed.text}")
    for finding in wording.against(verdict):
        screen.verbatim(f"       {wording.erratum_line(verdict, finding)}")
        if finding.kind == "wrong":
            screen.verbatim(f"           {finding.short}")
    if told := wording.erratum_legend(verdict):
        screen.verbatim(f"       {told}")
    if verdict.mended:
        screen.verbatim(f"       {wording.of_form(verdict.mended)}: {verdict.mended.form.text}")
        _paragraph("           ", verdict.mended.form.instead, screen)


def show_one(verdict: Verdict, screen: Screen) -> None:
    """Show an equation in full."""
    entry = verdict.entry
    screen.heading(f"{entry.id}  {entry.heading}")
    screen.verbatim(f"printed  {entry.printed.text}")
    for first, line in enumerate(textwrap.wrap(entry.read, 90)):
        screen.verbatim(f"{'         ' if first else 'read as  '}{line}")
    screen.verbatim(f"verdict  {wording.headline(verdict)}")
    _claims("As printed", verdict.printed, screen)
    if told := wording.legend(verdict):
        screen.verbatim(told)
    if verdict.mended:
        _claims(f"As mended: {verdict.mended.form.text}", verdict.mended, screen)
        _paragraph("", verdict.mended.form.instead, screen)


def _claims(title: str, proof: Proof, screen: Screen) -> None:
    screen.heading(title)
    for finding in proof.findings:
        screen.verbatim(wording.finding_line(finding))
        for line in wording.evidence(finding):
            screen.verbatim(f"    {line}")


def _paragraph(indent: str, text: str, screen: Screen) -> None:
    for line in textwrap.wrap(text, 90):
        screen.verbatim(f"{indent}{line}")


def clipped(equation: str) -> str:
    """Return an equation's beginning, as much as a list has room for."""
    return equation if len(equation) <= WIDTH else f"{equation[: WIDTH - 1]}…"


def lectures_of(found: Iterable[str]) -> list[Lecture]:
    """Return the lectures that entries are of."""
    ids = set(found)
    return [one for one in lectures.values() if any(entry.id in ids for entry in one.entries)]


def record(found: Mapping[str, Verdict]) -> dict[str, Any]:
    """Return everything as plain data."""
    verdicts = list(found.values())
    return {
        "settled": all(verdict.settled for verdict in verdicts),
        "counts": {kind: sum(one.kind == kind for one in verdicts) for kind in ORDER},
        "errata": [one.entry.id for one in verdicts if one.kind in ("wrong", "unreadable")],
        "equations": [verdict.to_dict() for verdict in verdicts],
    }
