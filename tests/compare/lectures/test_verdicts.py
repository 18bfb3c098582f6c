"""What the program finds in the slides: a table for the eye, each line computed."""

import pytest

from manual_backprop.lectures import entries
from tests.compare.lectures.found import found

#: Every entry that does more than agree, with all that is found of it, the worst first.
FOUND = {
    "L0-05": ("convention",),  # g = ∂L/∂x
    "L0-06": ("convention",),
    "L0-07": ("wrong",),  # a factor z too much
    "L0-08": ("convention",),
    "L0-09": ("wrong", "unreadable"),  # the layer's output for its input; shapes fit by chance
    "L0-10": ("convention",),
    "L1-02": ("wrong",),  # tanh(u/2), not tanh(u)
    "L1-04": ("breaks",),  # e^x overflows
    "L1-06": ("breaks", "convention"),  # log 0; a likelihood
    "L1-07": ("breaks",),
    "L1-10": ("breaks", "convention"),
    "L1-11": ("breaks",),  # inf/inf
    "L1-13": ("breaks", "convention"),
    "L1-14": ("breaks",),
    "L1-16": ("wrong", "unreadable"),  # the sum over j in the other equation
    "L2-05": ("wrong",),  # a sum too much
    "L2-06": ("wrong",),  # y in the exponent; the sign of the derivative
    "L3-01": ("unreadable",),  # tanh of two arguments
    "L3-02": ("breaks",),
    "L3-03": ("breaks",),
    "L4-01": ("breaks",),
    "L4-03": ("breaks",),
    "L4-04": ("breaks",),
    "L4-05": ("breaks",),  # 0/0 once ŷ is 1
    "L4-06": ("unreadable", "breaks"),  # an outer product without saying so
    "L4-07": ("unreadable",),  # "?"
    "L4-09": ("breaks",),  # digits cancel near 0
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
        "shifted and stretched to the range",
        ("`-u` -> `-(2 * u)`", "`jnp.exp(-u)` -> `jnp.square(jnp.exp(-u))`"),
    ),
    ("L1-16", "Σ_j c_j da_j/dx_i", "`c @ da_dx` -> `c @ alpha`"),
    ("L2-05", "∂L/∂z", "-> `-2 * (y - z)`"),
    ("L2-06", "L, labels 0 and 1", "`y * z` -> `z`"),
]


@pytest.mark.parametrize(("name", "claim", "edit"), EDITS, ids=[case[0] for case in EDITS])
def test_what_is_wrong_is_mended_by_an_edit(name: str, claim: str, edit: str) -> None:
    findings = found(name, explain=True).printed.findings
    wrong = next(finding for finding in findings if finding.claim == claim)
    assert wrong.kind == "wrong"
    assert wrong.edit.endswith(edit)


def test_binary_cross_entropy_of_l2_with_a_wrong_sign() -> None:
    findings = {one.claim: one for one in found("L2-06", explain=True).printed.findings}
    assert findings["L, labels −1 and +1"].kind == "agrees"
    sign = findings["∂L/∂z, all labels 1"]
    assert sign.diagnosis is not None
    assert sign.diagnosis.kind == "wrong-sign"
    both = findings["∂L/∂z, labels 0 and 1"]
    assert (both.kind, both.edit, both.short) == ("wrong", "", "no single edit mends it")


#     entry, what its first evidence says
EVIDENCE = [
    ("L1-04", "float32: inf where 89.1251 is right, from u = 89.1 on"),
    ("L1-06", "float32: nan where 0 is right, at y = 1, t = 1"),
    ("L4-01", "float32: nan where 1 is right, from z = 89.1 on"),
    ("L4-07", "left of x = 0: difference quotient 100000 over 1e-05, 1e+08 over 1e-08"),
    ("L4-10", "left of x = 0: difference quotient 0 over 1e-05, 0 over 1e-08"),
]


@pytest.mark.parametrize(("name", "evidence"), EVIDENCE, ids=[case[0] for case in EVIDENCE])
def test_the_numbers_are_given(name: str, evidence: str) -> None:
    assert found(name).printed.worst.evidence[0] == evidence


def test_what_cannot_be_read_says_why() -> None:
    assert found("L3-01").printed.worst.told == (
        "tanh() takes 1 positional argument but 2 were given"
    )
    assert found("L4-07").printed.worst.told == "it gives no number at x = 0"
    shapes = [one.told for one in found("L1-16").printed.findings if one.kind == "unreadable"]
    assert shapes[0].startswith("the gradient of x has shape [3, 2], the argument [2]")


def test_a_convention_shows_both_sides() -> None:
    (finding,) = found("L0-10").printed.findings
    ours, theirs = finding.evidence
    assert finding.short == "g = ∂L/∂x, after the nonlinearity"
    assert ours.startswith("with g = ∂L/∂x, after the nonlinearity: b: largest")
    assert theirs.startswith("with g = ∂L/∂z, before it: b[")
