"""The rule of each built-in gate beside autodiff, and what is said at a tie."""

import jax.numpy as jnp
import pytest

from compare.gates import check_gate, examples_of
from functional_nn.gates import gates


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


@pytest.mark.parametrize("z", [0.0, [0.0, 1.0, -1.0]])
def test_at_its_tie_max_is_a_kink(z: object) -> None:
    """L1-03, max(0, z) at z = 0: autodiff of jnp.maximum has 0.5 and 0.5, the router not."""
    report = check_gate("max", jnp.zeros_like(jnp.asarray(z)), z)
    verdicts = {node.name: node.verdict for node in report.nodes}
    assert report.agrees
    assert "wrong" not in verdicts.values()
    print(report)
