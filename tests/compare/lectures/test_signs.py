"""Changing one sign in any entry changes what is found of it.

A reading whose parts do not fit together has no value that a sign could change, so it is left out;
its signs stand in another reading of the same entry, or in the mended form, where they are tried.
What else is left out, ``signs`` says.
"""

import dataclasses

import pytest

from compare.lectures import ORDER, Finding, Proof
from compare.lectures.judging import findings_of
from manual_backprop.lectures import Claim, entries
from tests.compare.lectures.found import found
from tests.compare.lectures.signs import changed, helpers, signs


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
                continue  # see above
            for source, said in changed(claim.said):
                seen, other = _sees(dataclasses.replace(claim, said=said), before)
                moved += other
                if signs(claim.said) and not seen:
                    unseen.append(source)
    assert moved
    assert unseen == []


def test_the_signs_of_what_cannot_be_read_are_tried_in_another_reading() -> None:
    without = []
    for name in entries:
        verdict = found(name)
        readable = [
            claim
            for proof in filter(None, (verdict.printed, verdict.mended))
            for claim in proof.form.claims
            if of_claim(proof, claim)[0].kind != "unreadable"
        ]
        for claim in verdict.printed.form.claims:
            unread = of_claim(verdict.printed, claim)[0].kind == "unreadable"
            if unread and signs(claim.said) > max(map(signs, (one.said for one in readable))):
                without.append((name, claim.name))
    assert without == []


#     entry, functions that its first transcription calls
CALLED = {"L0-02": {"_f_slope", "_g", "_g_slope"}, "L0-11": {"_t_backward"}, "L4-12": {"_f"}}


def test_functions_that_a_transcription_calls_are_changed_too() -> None:
    for name, called in CALLED.items():
        said = entries[name].printed.claims[0].said
        assert {one.__name__ for one in helpers(said)} == called
    mended = entries["L3-03"].mended
    assert mended is not None
    (claim,) = mended.claims
    assert [one.__name__ for one in helpers(claim.said)] == ["log_likelihoods"]
    assert len(list(changed(claim.said))) == signs(claim.said) > 3
