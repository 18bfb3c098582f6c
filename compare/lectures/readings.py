"""What is read in several ways: the claims of one quantity, and what is found of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from compare.lectures.records import ORDER, Finding, Proof

#: Findings that speak against a reading on paper.
FAILED = frozenset({"wrong", "unreadable"})
#: Findings of floating point: what several readings share is told once.
ROUNDING = frozenset({"breaks", "imprecise"})


def quantity(claim: str) -> str:
    """Return what a claim is about: "∂L/∂z" of "∂L/∂z, labels 0 and 1"."""
    return claim.partition(",")[0]


def reading(claim: str) -> str:
    """Return how it is read: "labels 0 and 1"; "" where there is only one way."""
    return claim.partition(", ")[2]


def right_readings(claim: str, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the readings under which a claim's quantity is right on paper."""
    same = [one for one in findings if quantity(one.claim) == quantity(claim)]
    failed = {one.claim for one in same if one.kind in FAILED}
    return tuple(dict.fromkeys(reading(one.claim) for one in same if one.claim not in failed))


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Sort the worst first; of the wrong ones those wrong under every reading, with an edit."""

    def rank(finding: Finding) -> tuple[int, bool, bool]:
        excused = finding.kind in FAILED and bool(right_readings(finding.claim, findings))
        return ORDER.index(finding.kind), excused, not finding.edit

    return tuple(sorted(findings, key=rank))


def merged(proof: Proof) -> tuple[Finding, ...]:
    """Return the findings; what floating point does alike to several readings is one of them."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for number, one in enumerate(proof.findings):
        alike = (one.kind, quantity(one.claim), one.short if one.kind in ROUNDING else str(number))
        groups.setdefault(alike, []).append(one)
    return tuple(_as_one(group) for group in groups.values())


def _as_one(group: Sequence[Finding]) -> Finding:
    first, *others = group
    if not others:
        return first
    return replace(first, claim="; ".join([first.claim, *(reading(one.claim) for one in others)]))
