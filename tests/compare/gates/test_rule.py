"""The rule of each built-in gate beside autodiff, and what is said at a tie."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from compare import check_rule
from compare.gates import check_gate, examples_of
from functional_nn.gates import gates
from manual_backprop.gates import rules
from manual_backprop.rules import pulled


@pytest.mark.parametrize("name", gates)
def test_every_built_in_rule_is_right(name: str) -> None:
    inputs, options = examples_of(name)
    report = check_gate(name, *inputs, **options)
    assert report.agrees, str(report)
    assert report.name == name


def test_an_unknown_gate() -> None:
    with pytest.raises(ValueError, match=r"unknown gate 'tahn'; did you mean 'tanh'\?"):
        check_gate("tahn", 1.0)


def test_inputs_that_are_none() -> None:
    with pytest.raises(ValueError, match=r"gate 'mul' takes 2 inputs \(a, b\), got 1"):
        check_gate("mul", 1.0)
    with pytest.raises(TypeError, match="gate 'sin': an example holds what is no array of real"):
        check_gate("sin", "abc")


#    a, b         what the router passes on   autodiff of jnp.maximum
TIES = [
    pytest.param(0.0, 0.0, (1.0, 0.0), (0.5, 0.5), "kink", id="tie"),
    pytest.param(2.0, 1.0, (1.0, 0.0), (1.0, 0.0), "agrees", id="a is larger"),
    pytest.param(1.0, 2.0, (0.0, 1.0), (0.0, 1.0), "agrees", id="b is larger"),
]


@pytest.mark.parametrize(("a", "b", "ours", "theirs", "verdict"), TIES)
def test_where_the_router_is_not_what_autodiff_has(
    a: float, b: float, ours: tuple, theirs: tuple, verdict: str
) -> None:
    """L1-03 at its kink, max(0, 0): autodiff halves, one winner takes all, and neither is wrong."""

    def fwd(a: Any, b: Any) -> Any:
        return jnp.maximum(a, b), (a, b)

    def bwd(at: Any, dv: Any) -> Any:
        return tuple(pulled(rules["max"], dv, jnp.maximum(*at), at))

    at = (jnp.float32(a), jnp.float32(b))
    assert bwd(at, jnp.float32(1.0)) == ours
    assert jax.grad(jnp.maximum, (0, 1))(*at) == theirs
    report = check_rule(jnp.maximum, fwd, bwd, *at)
    assert report.agrees
    assert {node.verdict for node in report.nodes if node.name != "loss"} == {verdict}
    assert ("a kink: each side has one of its slopes" in str(report)) == (verdict == "kink")


@pytest.mark.parametrize("inputs", [(0.0, 0.0), (0.0, [0.0, 1.0, -1.0])])
def test_the_gate_itself_has_no_tie_to_argue_about(inputs: Any) -> None:
    """Its forward function says which input passes, so autodiff of it is the router too."""
    a, b = inputs
    report = check_gate("max", jnp.zeros_like(jnp.asarray(b)) + a, b)
    assert {node.verdict for node in report.nodes} == {"agrees"}
