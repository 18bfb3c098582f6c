"""Lost digits: the form's fault, or the problem's; and where exactly a form breaks."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from compare.lectures import Finding
from compare.lectures.extremes import breaks
from compare.lectures.judging import findings_of
from compare.lectures.ladder import UP, first_size
from compare.lectures.question import Question
from functional_nn.activations import activations
from manual_backprop.lectures import Claim, Meaning, entries
from manual_backprop.lectures.entry import exactly, growing, shrinking

Values = Float[Array, " n"]
X = {"x": (0.3, -1.2, 2.0)}


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def _slope(x: Values) -> Values:
    f = activations["sigmoid"](x)
    return f * (1 - f)


def _tanh_slope(x: Values) -> Values:
    return 1 - jnp.tanh(x) ** 2


def _sum_of(name: str) -> Meaning:
    return Meaning(lambda x: jnp.sum(activations[name](x)))


@pytest.mark.parametrize(
    ("said", "name", "at"), [(_slope, "sigmoid", 17.0), (_tanh_slope, "tanh", 10.0)]
)
def test_that_autodiff_loses_them_too_excuses_nobody(said: object, name: str, at: float) -> None:
    autodiff = float(jax.grad(activations[name])(jnp.float32(at)))
    with jax.enable_x64(True):
        right = float(jax.grad(activations[name])(jnp.float64(at)))
    assert abs(autodiff - right) > 1e-2 * right  # at this very input
    claim = Claim("g′", said, _sum_of(name), X, ("x",), extremes=(exactly(x=at),))
    (finding,) = findings_of(claim)
    assert finding.kind == "imprecise"
    assert finding.short.endswith(f"at x = {at:g} (float32)")


def test_a_steep_function_is_no_fault_of_its_form() -> None:
    def steep(x: Values) -> Values:
        return jnp.sin(x)  # at 10⁵ a rounding of x moves it by a hundredth

    def steeper(x: Values) -> Values:
        return jnp.sin(3 * x)  # and so 3x, which is rounded, may be off by that

    def of_a_large_sum(x: Values) -> Values:
        return jnp.sin(3 * (x + 1e5) - 3e5)  # this rounds what need not be

    far, near = (growing(x=1e5),), (growing(x=1.0),)
    assert kinds(findings_of(Claim("f", steep, Meaning(jnp.sin), X, extremes=far))) == ["agrees"]
    of = Meaning(lambda x: jnp.sin(3 * x))
    assert kinds(findings_of(Claim("f", steeper, of, X, extremes=far))) == ["agrees"]
    claim = Claim("f", of_a_large_sum, of, X, extremes=near)
    found = breaks(Question(claim, of))
    assert [(one.severe, one.precision) for one in found] == [(False, "float32")]


def test_a_label_is_exact_and_excuses_nothing() -> None:
    def residual(z: Values, y: Values) -> Values:
        return activations["sigmoid"](z) - y

    of = Meaning(lambda z, y: jnp.sum(activations["softplus"](z) - y * z))
    inputs = {"z": (0.3, -1.2), "y": (1.0, 0.0)}
    sure = (growing({"y": 1.0}, z=20.0),)
    assert kinds(findings_of(Claim("dz", residual, of, inputs, ("z",), extremes=sure))) == [
        "imprecise"
    ]
    soft = (growing(z=0.9),)  # near z = 0 a label that is rounded says as much
    assert kinds(findings_of(Claim("dz", residual, of, inputs, ("z",), extremes=soft))) == [
        "agrees"
    ]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_it_breaks_where_it_is_said_to_and_not_before(precision: str) -> None:
    (claim,) = entries["L1-04"].printed.claims
    found = breaks(Question(claim, claim.means))
    (where,) = [one.where for one in found if one.severe and one.precision == precision]
    assert where == {"float32": "x = 88.73", "float64": "x = 709.8"}[precision]
    told = float(where.removeprefix("x = "))
    with jax.enable_x64(True):
        before, there = np.asarray(claim.said(jnp.asarray([told - 0.1, told], precision)))
    assert np.isfinite(before)
    assert there == np.inf


def test_a_place_has_few_digits_and_is_bad_itself() -> None:
    def bad(size: float) -> bool:
        return size >= 0.123456

    rung = int(np.argmax(UP >= 0.123456))
    assert first_size(UP, rung, bad) == 0.1235
    assert first_size(UP, 0, bad) == UP[0]
    down = UP[::-1]
    assert first_size(down, 61 - rung, lambda size: size <= 0.123456) == 0.1234


def test_towards_zero_it_is_said_downwards() -> None:
    def logistic(x: Values) -> Values:
        return 2 / (1 + jnp.exp(-2 * x)) - 1

    claim = Claim("g", logistic, Meaning(activations["tanh"]), X, extremes=(shrinking(x=1.0),))
    (finding,) = findings_of(claim)
    place = re.fullmatch(r"from x = (.*) down \(float32\)", finding.short)
    assert place is not None
    assert 5e-5 < float(place[1]) < 5e-4


def test_a_wrong_equation_is_told_where_it_breaks_as_well() -> None:
    def wrong(x: Values) -> Values:
        return -jnp.log(1 + jnp.exp(x))

    claim = Claim("g", wrong, Meaning(activations["softplus"]), X, extremes=(growing(x=1000.0),))
    found = findings_of(claim, explain=False)
    assert kinds(found) == ["wrong", "breaks"]
    assert found[1].told == "float32: -inf where it says -88.73 on paper, from x = 88.73 on"
