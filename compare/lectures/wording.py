"""Verdicts in words, the same on the terminal and on the page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from compare.lectures.fresh import DRAWS
from compare.lectures.readings import merged, right_readings
from compare.lectures.records import ORDER, Finding, Kind, Proof, Verdict
from compare.report import sentences, words

LABELS = MappingProxyType(
    {
        "wrong": "wrong",
        "unreadable": "cannot be read literally",
        "breaks": "breaks in floating point",
        "imprecise": "loses digits",
        "convention": "a convention",
        "agrees": "agrees",
    }
)

HEADINGS = MappingProxyType(
    {
        "wrong": "Errata: wrong on the slides",
        "unreadable": "Errata: cannot be read literally",
        "breaks": "Dangerous: right on paper, overflows or divides zero by zero",
        "imprecise": "Dangerous: right on paper, loses digits",
        "convention": "No errata: right, by a convention of their own",
    }
)


def headline(verdict: Verdict) -> str:
    """Return the verdict in a line: every kind that was found, the worst first."""
    return of_form(verdict.printed)


def of_form(proof: Proof) -> str:
    """Return the verdict on one form, likewise."""
    return "; ".join(_one(proof, kind) for kind in proof.kinds)


def _one(proof: Proof, kind: Kind) -> str:
    shorts = dict.fromkeys(one.short for one in proof.findings if one.kind == kind)
    first, *others = shorts
    more = f", and {len(others)} more" if others else ""
    label = LABELS[kind]
    if kind == "imprecise" and "wrong" not in proof.kinds:
        label = f"right on paper, {label}"
    return f"{label}: {first}{more}" if first else label


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return how many there are of each kind."""
    counts = {kind: sum(verdict.kind == kind for verdict in verdicts) for kind in ORDER}
    parts = [
        f"{counts[kind]} {_counted(kind, counts[kind])}" for kind in reversed(ORDER) if counts[kind]
    ]
    settled = sum(verdict.settled for verdict in verdicts)
    forms = "all" if settled == len(verdicts) else f"{settled} of {len(verdicts)}"
    return (
        f"{words.count(len(verdicts), 'equation')}: {', '.join(parts)}. "
        f"As printed or as mended, {forms} agree."
    )


def _counted(kind: Kind, count: int) -> str:
    """Return the kind's label, as it stands after a number."""
    if count == 1:
        return {"convention": "by its own convention", "imprecise": "loses digits"}.get(
            kind, LABELS[kind]
        )
    many = {
        "agrees": "agree",
        "convention": "by their own convention",
        "breaks": "break in floating point",
        "imprecise": "lose digits",
    }
    return many.get(kind, LABELS[kind])


def evidence(finding: Finding) -> tuple[str, ...]:
    """Return the numbers behind a finding, the line at fault, and the edit."""
    lines = [line for line in finding.evidence if line != finding.told]
    if finding.kind != "wrong" or finding.diagnosis is None:
        return tuple(lines)
    lines += sentences.source(replace(finding.diagnosis, file=_within(finding.diagnosis.file)))
    if not finding.edit:
        return (*lines, finding.short)
    edit = f"{finding.edit} ({finding.cause})" if finding.cause else finding.edit
    lines.append(f"edit that mends it: {edit}   tried on {DRAWS} fresh sets of inputs")
    return (*lines, f"on the slide: {finding.on_slide}") if finding.on_slide else tuple(lines)


def _within(file: str) -> str:
    """Return a file of the catalogue as it is called there, wherever it is installed."""
    folder, package, rest = file.rpartition("manual_backprop/")
    return f"{package}{rest}" if folder else file


def finding_line(finding: Finding) -> str:
    """Return one claim's verdict in a line."""
    told = f": {finding.told}" if finding.told else ""
    return f"{finding.claim}: {LABELS[finding.kind]}{told}"


def erratum_line(verdict: Verdict, finding: Finding) -> str:
    """Return one claim's verdict below its entry's: the kind is named where it is another."""
    if finding.kind != verdict.kind:
        return finding_line(finding)
    line = f"{finding.claim}: {finding.told}"
    if finding.kind != "wrong":
        return line
    excuses = [one for one in right_readings(finding.claim, verdict.printed.findings) if one]
    return f"{line}; on paper it is right with {words.listed(excuses)}" if excuses else line


def against(verdict: Verdict) -> tuple[Finding, ...]:
    """Return what is to be said of the printed form besides that a part of it agrees."""
    return tuple(finding for finding in merged(verdict.printed) if finding.kind != "agrees")


def sorted_out(verdicts: Iterable[Verdict]) -> dict[Kind, list[Verdict]]:
    """Return the entries that are more than right, by kind, the worst kind first."""
    given = list(verdicts)
    kinds = {kind: [one for one in given if one.kind == kind] for kind in ORDER if kind in HEADINGS}
    return {kind: found for kind, found in kinds.items() if found}


def legend(verdict: Verdict, code: bool = True) -> str:
    """Return what names are on the slide that have another one here; "" where all are its own.

    Args:
        verdict: Of the entry.
        code: Whether source text is shown beside it, with names of its own.
    """
    wrong = [one for one in verdict.printed.findings if one.kind == "wrong"]
    text = " ".join(f"{one.told} {one.edit}" if code else one.told for one in wrong)
    told = set(re.findall(r"[A-Za-z_][\w.]*", text))
    names = told | {name.removesuffix(".T") for name in told}
    symbols = verdict.entry.symbols.items()
    known = [
        f"{name} is {symbol}"
        for name, symbol in symbols
        if name in names and not symbol.startswith(f"{name}_")  # the same letter, with an index
    ]
    return f"where {words.listed(known)}" if known else ""


def erratum_legend(verdict: Verdict) -> str:
    """Return the same below a list of errata, where edits have the slide's notation if they can."""
    wrong = [one for one in verdict.printed.findings if one.kind == "wrong" and one.edit]
    return legend(verdict, code=any(not one.on_slide for one in wrong))
