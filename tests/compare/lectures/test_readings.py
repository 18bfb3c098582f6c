"""An equation read in several ways: what is wrong under all of them is told first."""

from compare.lectures import Finding, Proof, wording
from compare.lectures.readings import merged, ranked, right_readings
from manual_backprop.lectures import Form
from tests.compare.lectures.found import found

FINDINGS = [
    Finding("L, labels 0 and 1", "wrong", edit="`a` -> `b`"),
    Finding("L, labels 0 and 1", "breaks", "inf at a", "from z = 9 on"),
    Finding("L, labels −1 and +1", "breaks", "inf at b", "from z = 9 on"),
    Finding("∂L, labels 0 and 1", "wrong"),
    Finding("∂L, all labels 1", "unreadable"),
]


def test_what_is_wrong_under_every_reading_comes_first() -> None:
    assert [(one.claim, one.kind) for one in ranked(FINDINGS)][:2] == [
        ("∂L, labels 0 and 1", "wrong"),
        ("L, labels 0 and 1", "wrong"),
    ]
    assert right_readings("L, labels 0 and 1", FINDINGS) == ("labels −1 and +1",)
    assert right_readings("∂L, all labels 1", FINDINGS) == ()


def test_what_floating_point_does_to_several_readings_is_told_once() -> None:
    proof = Proof(Form("L = z", "L = z", ()), ranked(FINDINGS))
    told = [one for one in merged(proof) if one.kind == "breaks"]
    assert [one.claim for one in told] == ["L, labels 0 and 1; labels −1 and +1"]
    assert len(merged(proof)) == len(FINDINGS) - 1


def test_l2_06_accuses_its_derivative_and_says_when_its_loss_is_right() -> None:
    verdict = found("L2-06", explain=True)
    lines = [wording.erratum_line(verdict, one) for one in wording.against(verdict)]
    assert wording.headline(verdict).startswith("wrong: `y_i − e^{y_i z_i}/(1 + e^{y_i z_i})` -> ")
    excused = "on paper it is right with labels −1 and +1"
    assert lines[:4] == [
        "∂L/∂z, all labels 1: z[1] is 0.768525, right is -0.768525",
        "∂L/∂z, labels 0 and 1: z[2] is -0.5, right is 0.880797",
        "∂L/∂z, labels −1 and +1, of the printed L: z[1] is -1.76852, right is 0.231475",
        f"L, labels 0 and 1: value is 2.3025, right is 3.30641; {excused}",
    ]
    assert [line.partition(": ")[0] for line in lines[4:]] == [
        "L, labels 0 and 1; labels −1 and +1",
        "∂L/∂z, all labels 1; labels 0 and 1; labels −1 and +1, of the printed L",
    ] * 2
    assert verdict.mended is not None
    assert verdict.mended.form.text.endswith("y_i is 0 or 1")


def test_what_floating_point_does_to_both_readings_of_l1_02_is_told_once() -> None:
    verdict = found("L1-02", explain=True)
    lost = [one for one in wording.against(verdict) if one.kind == "imprecise"]
    assert [one.claim for one in lost] == [
        "tanh, shifted so that it is centred; shifted and stretched to the range"
    ]
