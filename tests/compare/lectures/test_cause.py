"""What a mistake is called goes by the edit that mends it."""

import pytest

from compare.lectures.cause import cause_of
from compare.report import Diagnosis
from tests.compare.lectures.found import found

#     kind, edit, verified, of a value, what it is called
CASES = [
    ("missing-factor", "`g * (W.T @ below + b)` -> `g`", True, False, "a factor too much"),
    ("missing-factor", "`g` -> `g * z`", True, False, "missing-factor"),
    (
        "wrong-saved-value",
        "`jnp.sum(-2 * (y - z))` -> `-2 * (y - z)`",
        True,
        False,
        "a sum too much",
    ),
    ("wrong-saved-value", "`x[:, None]` -> `below[:, None]`", True, False, "wrong-saved-value"),
    ("mask-ignored", "`y * z` -> `z`", True, True, "a factor too much"),
    ("mask-ignored", "`y + z` -> `z`", True, True, ""),
    ("wrong-activation-derivative", "", False, False, ""),
    ("wrong-sign", "", False, False, "wrong-sign"),
    ("unknown", "", False, False, ""),
]


@pytest.mark.parametrize(("kind", "edit", "verified", "of_value", "called"), CASES)
def test_it_is_called(kind: str, edit: str, verified: bool, of_value: bool, called: str) -> None:
    assert cause_of(Diagnosis(kind, edit=edit, verified=verified), of_value) == called


def test_nothing_known_is_called_nothing() -> None:
    assert cause_of(None, of_value=False) == ""


#     entry, what its wrong claims are called
CALLED = {
    "L0-07": {"a factor too much"},
    "L0-09": {"wrong-saved-value"},  # the layer's output for its input
    "L1-16": {"a sum too much"},
    "L2-05": {"a sum too much"},
    "L2-06": {"a factor too much", "wrong-sign", ""},
}


@pytest.mark.parametrize("name", CALLED)
def test_the_lectures_mistakes_are_called_what_they_are(name: str) -> None:
    wrong = [one for one in found(name, explain=True).printed.findings if one.kind == "wrong"]
    assert {one.cause for one in wrong} == CALLED[name]
    assert all(one.edit or one.cause in ("", "wrong-sign") for one in wrong)


def test_an_edit_is_text_of_the_equation_and_no_function_that_knows_the_answer() -> None:
    from manual_backprop.lectures import stable

    for name in ("L1-02", *CALLED):
        for finding in found(name, explain=True).printed.findings:
            assert not any(f"{answer}(" in finding.edit for answer in vars(stable))
