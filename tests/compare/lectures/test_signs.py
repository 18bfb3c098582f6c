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


@pytest.mark.parametrize("name", entries)
def test_a_changed_sign_is_seen(name: str) -> None:
    verdict, moved, unseen = found(name), 0, []
    for proof in filter(None, (verdict.printed, verdict.mended)):
        for claim in proof.form.claims:
            before = of_claim(proof, claim)
            if before[0].kind == "unreadable":
                continue  # what does not fit together does so with no sign
            for source, said in changed(claim.said):
                after = findings_of(dataclasses.replace(claim, said=said), explain=False)
                moved += after != before
                worse = ORDER.index(after[0].kind) < ORDER.index(before[0].kind)
                seen = worse or (before[0].kind == "wrong" and after != before)
                if signs(claim.said) and not seen:
                    unseen.append(source)
    assert moved
    assert unseen == []
