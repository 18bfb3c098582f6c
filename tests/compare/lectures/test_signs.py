"""Changing one sign in any entry changes what is found of it."""

import dataclasses

import pytest

from compare.lectures import ORDER, Finding, Proof
from compare.lectures.judging import findings_of
from manual_backprop.lectures import Claim, entries
from tests.compare.lectures.found import found
from tests.compare.lectures.signs import changed, signs


def of_claim(proof: Proof, claim: Claim) -> list[Finding]:
    return [finding for finding in proof.findings if finding.claim == claim.name]


def _sees(claim: Claim, before: list[Finding]) -> tuple[bool, bool]:
    """Return whether the verdict is worse or, of what was wrong, another; and whether it moved.

    What is another on paper need not be run at extremes.
    """
    after = findings_of(dataclasses.replace(claim, extremes=()), explain=False)
    if not _worse(after, before):
        after = findings_of(claim, explain=False)
    return _worse(after, before), after != before


def _worse(after: list[Finding], before: list[Finding]) -> bool:
    if before[0].kind == "wrong":
        return (after[0].kind, after[0].told) != (before[0].kind, before[0].told)
    return ORDER.index(after[0].kind) < ORDER.index(before[0].kind)


@pytest.mark.parametrize("name", entries)
def test_a_changed_sign_is_seen(name: str) -> None:
    verdict, moved, unseen = found(name), 0, []
    for proof in filter(None, (verdict.printed, verdict.mended)):
        for claim in proof.form.claims:
            before = of_claim(proof, claim)
            if before[0].kind == "unreadable":
                continue  # what does not fit together does so with no sign
            for source, said in changed(claim.said):
                seen, other = _sees(dataclasses.replace(claim, said=said), before)
                moved += other
                if signs(claim.said) and not seen:
                    unseen.append(source)
    assert moved
    assert unseen == []
