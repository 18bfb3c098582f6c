"""Source text in the notation of a slide: what it says, and that no bracket is lost."""

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare.lectures import notation, wording
from tests.compare.lectures import found as kept

SYMBOLS = {"g": "∂L/∂xˡ", "W": "Wˡ", "below": "xˡ⁻¹", "b": "bˡ", "z": "z_i", "jnp.sum": "Σ_i"}

#: Entries that an edit mends.
MENDED = ("L0-07", "L0-09", "L1-02", "L1-16", "L2-05", "L2-06")

#     source text, what a slide has
WRITTEN = [
    ("g * (W.T @ below + b)", "∂L/∂xˡ · (Wˡᵀ xˡ⁻¹ + bˡ)"),
    ("jnp.broadcast_to(jnp.sum(-2 * (y - z)), z.shape)", "Σ_i −2(y − z_i)"),
    ("jnp.sum(y - z, axis=0)", "Σ_i (y − z_i)"),
    ("y - jnp.exp(y * z) / (1 + jnp.exp(z))", "y − e^{y z_i}/(1 + e^{z_i})"),
    ("jnp.square(jnp.exp(-u))", "(e^{−u})²"),
    ("below[:, None] @ y[None, :]", "xˡ⁻¹ y"),
    ("y / g", "y/(∂L/∂xˡ)"),
    ("y**2 + 3 * y**n", "y² + 3y^n"),
    ("jnp.log(jnp.abs(-y))", "ln(|−y|)"),
    ("jnp.sum(y) * a", "(Σ_i y) a"),
    ("jnp.sum(a * y) + a", "Σ_i a y + a"),
    ("jnp.exp(y) ** 2 * a", "(e^y)² a"),
    ("a - -y", "a − (−y)"),
]


@pytest.mark.parametrize(("source", "slide"), WRITTEN, ids=[case[0] for case in WRITTEN])
def test_source_text_is_written_as_on_a_slide(source: str, slide: str) -> None:
    assert notation.written(source, SYMBOLS) == slide


@pytest.mark.parametrize("source", ["y[0]", "y.shape", "jnp.roll(y, 1)", "y > 0", "f(*y)", "not y"])
def test_what_has_no_notation_is_not_guessed(source: str) -> None:
    with pytest.raises(notation.UnwrittenError):
        notation.written(source, SYMBOLS)
    assert notation.on_slide(f"`{source}` -> `y`", SYMBOLS) == ""


def test_a_sum_without_an_index_has_no_notation() -> None:
    assert notation.on_slide("`jnp.sum(y)` -> `y`", {}) == ""


@pytest.mark.parametrize("edit", ["`y[:, None]` -> `y[None, :]`", "`y =` -> `y`", ".sum -> .mean"])
def test_an_edit_that_a_slide_cannot_show_stays_source_text(edit: str) -> None:
    assert notation.on_slide(edit, SYMBOLS) == ""


_LEAVES = st.sampled_from(["a", "b", "c", "2", "3"])
_TREES = st.recursive(
    _LEAVES,
    lambda part: st.one_of(
        st.builds("({} {} {})".format, part, st.sampled_from("+-*/"), part),
        st.builds("(-{})".format, part),
        st.builds("({}**2)".format, part),
    ),
    max_leaves=8,
)


@given(source=_TREES)
@settings(deadline=None, max_examples=200)
def test_no_bracket_is_lost_and_no_factor(source: str) -> None:
    slide = notation.written(source, {})
    times = re.sub(r"(?<=[\w)²]) (?=\w)|(?<=\d)(?=[a-c(])", "*", slide)
    again = times.replace(" · ", "*").replace("−", "-").replace("²", "**2")
    at = {"a": 0.7, "b": -1.3, "c": 2.1}
    try:
        wanted = eval(source, at.copy())
    except ZeroDivisionError:
        return
    ast.parse(again, mode="eval")
    assert eval(again, at.copy()) == pytest.approx(wanted, rel=1e-9, abs=1e-9), slide


def test_every_edit_that_the_lectures_need_can_be_shown_on_the_slide() -> None:
    findings = [one for name in MENDED for one in kept.found(name, explain=True).printed.findings]
    edited = [one for one in findings if one.edit]
    assert len({one.edit for one in edited}) >= len(MENDED)
    for finding in edited:
        assert finding.on_slide, finding.edit
        assert finding.short.startswith(finding.on_slide)
        assert "jnp" not in finding.short


def test_one_equation_shows_its_edit_in_both_notations() -> None:
    (finding,) = (
        one for one in kept.found("L2-05", explain=True).printed.findings if one.kind == "wrong"
    )
    assert wording.evidence(finding)[-2:] == (
        (
            "edit that mends it: `jnp.broadcast_to(jnp.sum(-2 * (y - z)), z.shape)` -> "
            "`-2 * (y - z)` (a sum too much)   tried on 8 fresh sets of inputs"
        ),
        "on the slide: `Σ_i −2(y_i − z_i)` -> `−2(y_i − z_i)`",
    )
    assert finding.to_dict()["edit_on_slide"] == finding.on_slide
