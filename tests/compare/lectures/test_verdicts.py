"""What the program finds in the slides: a table for the eye, each line computed."""

import re

import pytest

from manual_backprop.lectures import entries
from tests.compare.lectures.found import found

#: Every entry that does more than agree, with all that is found of it, the worst first.
FOUND = {
    "L0-01": ("imprecise",),  # 1 - f cancels
    "L0-05": ("convention",),  # g = ∂L/∂x
    "L0-06": ("convention",),
    "L0-07": ("wrong",),  # a factor z too much
    "L0-08": ("convention",),
    "L0-09": ("wrong", "unreadable"),  # the layer's output for its input; shapes fit by chance
    "L0-10": ("convention",),
    "L1-02": ("wrong", "imprecise"),  # tanh(u/2), not tanh(u); a half, or 1, is taken off
    "L1-04": ("breaks", "imprecise"),  # e^x overflows; e^x + 1 is 1
    "L1-05": ("convention",),  # a loss, among likelihoods
    "L1-06": ("breaks", "imprecise", "convention"),  # log 0; 1 - y is 1; a likelihood
    "L1-07": ("breaks",),
    "L1-10": ("breaks", "convention"),
    "L1-11": ("breaks", "imprecise"),  # inf/inf; before that 0, the square is inf already
    "L1-13": ("breaks", "imprecise", "convention"),
    "L1-14": ("breaks", "imprecise"),
    "L1-16": ("wrong", "unreadable"),  # the sum over j in the other equation
    "L2-03": ("unreadable",),  # n free on the right only
    "L2-05": ("wrong",),  # a sum too much
    "L2-06": ("wrong", "breaks", "imprecise"),  # y in the exponent; the sign; e^yz overflows
    "L2-07": ("imprecise",),  # 1 - σ cancels
    "L3-01": ("unreadable",),  # tanh of two arguments
    "L3-02": ("breaks", "imprecise"),
    "L3-03": ("breaks",),
    "L4-01": ("breaks",),
    "L4-03": ("breaks", "imprecise"),
    "L4-04": ("breaks", "imprecise"),
    "L4-05": ("breaks", "imprecise"),  # 0/0 once ŷ is 1
    "L4-06": ("unreadable", "breaks", "imprecise"),  # an outer product without saying so
    "L4-07": ("unreadable",),  # "?"
    "L4-08": ("imprecise",),
    "L4-09": ("imprecise",),  # 2/... - 1 cancels near 0, 1 - f² far from it
    "L4-10": ("convention",),  # the slope at the kink
}


@pytest.mark.parametrize("name", entries)
def test_what_is_found(name: str) -> None:
    assert found(name).printed.kinds == FOUND.get(name, ("agrees",))


@pytest.mark.parametrize("name", entries)
def test_a_form_that_fails_has_one_that_does_not(name: str) -> None:
    verdict = found(name)
    assert verdict.settled
    assert (verdict.mended is None) == verdict.printed.right


#     entry, claim, the edit that mends it, tried on fresh inputs
EDITS = [
    ("L0-07", "g at the last layer", "`g * (W.T @ below + b)` -> `g`"),
    ("L0-09", "∂L/∂W, as many units below as above", "`x[:, None]` -> `below[:, None]`"),
    (
        "L1-02",
        "tanh, shifted and stretched to the range",
        ("`-u` -> `-(2 * u)`", "`jnp.exp(-u)` -> `jnp.square(jnp.exp(-u))`"),
    ),
    ("L1-16", "da_j/dx_i, weighted: Σ_j c_j da_j/dx_i", "-> `alpha`"),
    ("L1-16", "dJ/dx, j summed over", "-> `alpha`"),
    ("L2-05", "∂L/∂z", "-> `-2 * (y - z)`"),
    ("L2-06", "L, labels 0 and 1", "`jnp.exp(y * z)` -> `jnp.exp(z)`"),
]


@pytest.mark.parametrize(("name", "claim", "edit"), EDITS, ids=[case[1] for case in EDITS])
def test_what_is_wrong_is_mended_by_an_edit(name: str, claim: str, edit: str) -> None:
    findings = found(name, explain=True).printed.findings
    wrong = next(finding for finding in findings if finding.claim == claim)
    assert wrong.kind == "wrong"
    assert wrong.edit.endswith(edit)


def test_binary_cross_entropy_of_l2_with_a_wrong_sign() -> None:
    told = found("L2-06", explain=True).printed.findings
    assert not [one for one in told if one.claim == "L, labels −1 and +1" and one.kind == "wrong"]
    findings = {one.claim: one for one in told if one.kind == "wrong"}
    sign = findings["∂L/∂z, all labels 1"]
    assert sign.diagnosis is not None
    assert sign.diagnosis.kind == "wrong-sign"
    both = findings["∂L/∂z, labels 0 and 1"]
    assert (both.kind, both.edit, both.short) == (
        "wrong",
        "",
        "no single edit was found that mends it",
    )


#     entry, what its first evidence says
EVIDENCE = [
    ("L1-04", "float32: inf where 88.73 is right, from x = 88.73 on"),
    ("L1-06", "float32: nan where 0 is right, at y = 1, t = 1"),
    ("L4-01", "float32: nan where 1 is right, from z = 88.73 on"),
    ("L4-07", "left of x = 0: difference quotient 100000 over 1e-05, 1e+08 over 1e-08"),
    ("L4-10", "left of x = 0: difference quotient 0 over 1e-05, 0 over 1e-08"),
]


@pytest.mark.parametrize(("name", "evidence"), EVIDENCE, ids=[case[0] for case in EVIDENCE])
def test_the_numbers_are_given(name: str, evidence: str) -> None:
    assert found(name).printed.worst.evidence[0] == evidence


def test_what_cannot_be_read_says_why() -> None:
    assert found("L3-01").printed.worst.told == (
        "tanh is a function of 1 argument, and stands here with 2, a comma between them"
    )
    assert found("L4-06").printed.worst.told == (
        "a product of elements, but these have the shapes [3] and [2]"
    )
    assert found("L4-07").printed.worst.short == (
        "it gives no number at x = 0; there is no derivative at x = 0"
    )
    shapes = [one.told for one in found("L1-16").printed.findings if one.kind == "unreadable"]
    assert shapes[0].startswith("the gradient of x has shape [3, 2], the argument [2]")


@pytest.mark.parametrize(("name", "kind"), [("L1-16", "wrong"), ("L2-03", "agrees")])
def test_an_index_free_on_one_side_does_not_fit_and_is_judged_as_meant(
    name: str, kind: str
) -> None:
    told = {one.claim: one.kind for one in found(name).printed.findings}
    (literally,) = [claim for claim in told if claim.endswith(", literally")]
    assert told.pop(literally) == "unreadable"
    assert {told[claim] for claim in told if claim != "L"} == {kind}


def test_the_same_equation_gets_the_same_verdict() -> None:
    mended = found("L0-09").mended
    assert mended is not None
    assert [one.short for one in mended.findings] == [
        one.short for one in found("L0-05").printed.findings
    ]
    sigmoid = [found(name) for name in ("L0-01", "L2-07", "L4-08")]
    slopes = {
        one.short for verdict in sigmoid for one in verdict.printed.findings if one.kind != "agrees"
    }
    assert len(slopes) == 1  # one formula in three lectures breaks at one place


def test_a_convention_shows_both_sides() -> None:
    (finding,) = found("L0-10").printed.findings
    ours, theirs = finding.evidence
    assert finding.short == "g = ∂L/∂x, after the nonlinearity"
    assert ours.startswith("with g = ∂L/∂x, after the nonlinearity: b: largest")
    assert theirs.startswith("with g = ∂L/∂z, before it: b[")


def test_a_loss_among_likelihoods_is_told() -> None:
    (_, slope) = found("L1-05").printed.findings
    assert slope.told == (
        "right with J = the loss, minimised; not with J = its negative, maximised as the lecture's "
        "other objectives are"
    )


@pytest.mark.parametrize("name", ["L0-07", "L0-09", "L1-02", "L1-16", "L2-05", "L2-06"])
def test_an_edit_is_told_in_the_slide_s_names_or_with_what_they_are(name: str) -> None:
    from compare.lectures import wording

    verdict = found(name, explain=True)
    entry, legend = verdict.entry, wording.legend(verdict)
    for finding in verdict.printed.findings:
        names = set(re.findall(r"[A-Za-z_][\w.]*", finding.edit)) - {"axis", "None"}
        for one in (name.removesuffix(".T").removesuffix(".shape") for name in names):
            assert one in entry.printed.text or f"{one} is {entry.symbols[one]}" in legend
