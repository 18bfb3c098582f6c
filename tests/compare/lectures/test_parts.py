"""The judgement's parts: where it breaks, corners, and claims that are made up."""

import dataclasses
import re
from typing import Any

import jax.numpy as jnp
import pytest
from jaxtyping import Array, Float

from compare.lectures import Finding, proofread
from compare.lectures.judging import findings_of
from functional_nn.activations import activations
from manual_backprop.lectures import Claim, Entry, Form, Meaning, entries
from manual_backprop.lectures.entry import exactly, growing, shrinking

Values = Float[Array, " n"]
X = {"x": (0.3, -1.2, 2.0)}


def test_a_form_that_breaks_on_one_side_only() -> None:
    def elu(x: Values) -> Values:
        return jnp.where(x > 0, x, jnp.exp(x) - 1)

    far = (growing(x=1000.0), shrinking(x=-0.01))
    (finding,) = findings_of(Claim("g", elu, Meaning(activations["elu"]), X, extremes=far))
    assert finding.kind == "imprecise"
    place = re.fullmatch(r"from x = -(.*) down \(float32\)", finding.short)  # and nowhere else
    assert place is not None
    assert 1e-5 < float(place[1]) < 2e-4
    assert [line.partition(":")[0] for line in finding.evidence] == ["float32", "float64"]


def test_an_overflow_that_comes_out_right_is_none() -> None:
    def logistic(x: Values) -> Values:
        return 1 / (1 + jnp.exp(-x))

    far = (growing(x=1000.0), growing(x=-1000.0), exactly(x=-5000.0))
    (finding,) = findings_of(Claim("g", logistic, Meaning(activations["sigmoid"]), X, extremes=far))
    assert finding.kind == "agrees"


def test_where_the_truth_overflows_too_nothing_breaks() -> None:
    def square(x: Values) -> Values:
        return x * x

    far = (growing(x=1e30),)
    (finding,) = findings_of(Claim("g", square, Meaning(lambda x: x**2), X, extremes=far))
    assert finding.kind == "agrees"


@pytest.mark.parametrize(
    ("slope", "kind"), [(0.0, "agrees"), (0.25, "convention"), (1.0, "convention"), (1.5, "wrong")]
)
def test_at_a_kink_any_slope_between_is_right(slope: float, kind: str) -> None:
    def taken(x: Values) -> Values:
        return jnp.where(x > 0, 1.0, jnp.where(x < 0, 0.0, slope)).astype(x.dtype)

    relu = Meaning(lambda x: jnp.sum(activations["relu"](x)))
    claim = Claim("g′", taken, relu, X, ("x",), corners=({"x": 0.0},))
    assert findings_of(claim)[0].kind == kind


def _jump(taken: float) -> Finding:
    def said(x: Values) -> Values:
        return jnp.where(x != 0, 0.0, taken).astype(x.dtype)

    step = dataclasses.replace(entries["L4-07"].printed.claims[1], said=said)
    (finding,) = findings_of(step)
    return finding


@pytest.mark.parametrize("taken", [1.0, 5.0, -1.0, float("inf")])
def test_at_a_jump_no_number_is_a_derivative(taken: float) -> None:
    finding = _jump(taken)
    assert finding.kind == "wrong"
    assert finding.told == (
        f"it says {taken:g}, but there is no derivative at x = 0: the difference quotient grows "
        "without end"
    )


def test_at_a_jump_zero_is_a_convention_and_nothing_is_no_number() -> None:
    assert _jump(0.0).kind == "convention"
    assert _jump(0.0).short == "0 where there is no derivative at x = 0"
    assert _jump(float("nan")).told == (
        "it gives no number at x = 0; there is no derivative at x = 0, the difference quotient "
        "grows without end"
    )


def test_where_the_slope_grows_without_bound_there_is_none_either() -> None:
    def slope(x: Values) -> Values:
        return jnp.where(x == 0, 3.0, jnp.sign(x) / (2 * jnp.sqrt(jnp.abs(x)))).astype(x.dtype)

    root = Meaning(lambda x: jnp.sum(jnp.sqrt(jnp.abs(x))))
    claim = Claim("g′", slope, root, X, ("x",), corners=({"x": 0.0},))
    (finding,) = findings_of(claim)
    assert (finding.kind, finding.short) == ("wrong", "there is no derivative at x = 0")


@pytest.mark.parametrize(
    ("slope", "kind"), [(0.0, "agrees"), (0.5, "convention"), (1.0, "convention"), (7.0, "wrong")]
)
def test_the_slope_of_a_unit_at_its_kink(slope: float, kind: str) -> None:
    def clipped(w: Any, x: Any, b: Any) -> Any:
        z = x @ w + b[None]
        passed = jnp.where(z > 0, 1.0, jnp.where(z == 0, slope, 0.0)).astype(z.dtype)
        return passed @ x, passed[:, None] * w[None, :], jnp.sum(passed)

    unit = entries["L1-03"].printed.claims[1]
    assert findings_of(dataclasses.replace(unit, said=clipped))[0].kind == kind


#     share of the first and of the second input at a tie, what it is
TIES = [
    (1.0, 0.0, "agrees"),
    (0.0, 1.0, "convention"),
    (0.5, 0.5, "convention"),
    (1.0, 1.0, "wrong"),
    (0.0, 0.0, "wrong"),
    (7.0, -6.0, "wrong"),
]


@pytest.mark.parametrize(("first", "second", "kind"), TIES)
def test_a_tie_gives_out_what_comes_back_once(first: float, second: float, kind: str) -> None:
    def router(x: Values, y: Values, up: Values) -> tuple[Values, Values]:
        dx = jnp.where(x > y, up, jnp.where(x == y, first * up, 0 * up))
        dy = jnp.where(x < y, up, jnp.where(x == y, second * up, 0 * up))
        return dx, dy

    gate = dataclasses.replace(entries["L3-08"].printed.claims[0], said=router)
    finding = findings_of(gate)[0]
    assert finding.kind == kind
    if first == second == 1:
        assert finding.told == (
            "9.5 for all inputs together at x = (3, -1, 0.5) is the slope of neither side"
        )


def test_a_convention_that_is_no_other_is_not_reported() -> None:
    def slope(x: Values) -> Values:
        return jnp.cos(x)

    sine = Meaning(lambda x: jnp.sum(jnp.sin(x)), words="one")
    claim = Claim("g′", slope, sine, X, ("x",), house=dataclass_copy(sine))
    assert [finding.kind for finding in findings_of(claim)] == ["agrees"]


def dataclass_copy(meaning: Meaning) -> Meaning:
    return Meaning(meaning.of, meaning.given, "the other")


def test_a_mended_form_that_is_wrong_does_not_settle_it() -> None:
    def wrong(x: Values) -> Values:
        return -jnp.cos(x)

    claim = Claim("g′", wrong, Meaning(lambda x: jnp.sum(jnp.sin(x))), X, ("x",))
    form = Form("g′ = −cos x", "g' = -\\cos x", (claim,))
    verdict = proofread(Entry("X-01", "none", form, "As printed.", form))
    assert verdict.kind == "wrong"
    assert not verdict.settled
    assert verdict.printed.worst.short.endswith("(wrong-sign)")
    assert verdict.to_dict()["mended"]["verdict"] == "wrong"
