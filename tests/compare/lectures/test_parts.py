"""The judgement's parts: where it breaks, corners, and claims that are made up."""

import re

import jax.numpy as jnp
import pytest
from jaxtyping import Array, Float

from compare.lectures import proofread
from compare.lectures.judging import findings_of
from functional_nn.activations import activations
from manual_backprop.lectures import Claim, Entry, Form, Meaning
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
