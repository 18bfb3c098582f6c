"""What is said when a gate's functions are not what a gate's functions are."""

import inspect
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from compare.gates import register
from functional_nn.gates import gates


def times(a: Any, b: Any) -> Any:
    return a * b


def shifted(a: Any, *, by: float) -> Any:
    return a + by


def same(dv: Any, v: Any, a: Any, **options: Any) -> Any:
    return dv


PAIR = [(np.ones((4, 3), np.float32), np.ones(3, np.float32))]

CASES: list[Any] = [
    pytest.param(
        lambda a, b: (a, b), lambda dv, v, a, b: (dv, dv), {},
        "forward returned a tuple of 2; a gate has one value: return one array", id="two values",
    ),
    pytest.param(lambda a: None, same, {}, "forward returned None; a gate has one", id="none"),
    pytest.param(
        lambda a: a > 0, same, {}, "forward returned bool, of which there is no gradient", id="bool"
    ),
    pytest.param(
        times, lambda dv, v, a, b: b * dv, {},
        r"backward returned 1 contributions, the gate has 2 inputs \(a, b\); return one an input",
        id="one of two",
    ),
    pytest.param(
        lambda a: a, lambda dv, v, a: (dv, dv), {},
        r"backward returned 2 contributions, the gate has 1 inputs \(a\)", id="two of one",
    ),
    pytest.param(
        lambda a, b: a + b[None, :], lambda dv, v, a, b: (dv, dv), {"examples": PAIR},
        r"at inputs of shape \[4, 3\], \[3\], backward: the gradient of b has shape \[4, 3\], the "
        r"argument \[3\]; the argument was broadcast forwards.*\.sum\(axis=0\)", id="broadcast",
    ),
    pytest.param(
        lambda a: a, lambda dv, v, a: "dv", {}, "backward: the gradient of a is str; wanted an",
        id="a word",
    ),
    pytest.param(
        times, lambda dv, a, b: (b * dv, a * dv), {},
        r"backward takes \(dv, a, b\), but is called as backward\(dv, v, a, b\)", id="signature",
    ),
    pytest.param(
        shifted, lambda dv, v, a: dv, {"options": {"by": 1.0}},
        r"backward takes \(dv, v, a\), but is called as backward\(dv, v, a, \*, by\)", id="options",
    ),
    pytest.param(
        jnp.sin, lambda dv, v, x: jnp.cos(x) * dv, {"tangent": lambda dots, x: dots},
        r"tangent takes \(dots, x\), but is called as tangent\(tangents, v, x\)", id="tangent",
    ),
    pytest.param(times, 3, {}, "backward is 3; give a function", id="no"),
    pytest.param(3, same, {}, "forward is 3; give a function", id="no forward"),
    pytest.param(
        lambda a: a, lambda dv, v, a: dv["a"], {}, r"proof-read at a scalar: .* line|test_contract",
        id="it raises",
    ),
    pytest.param(
        lambda a: jnp.einsum("ijkl->i", a), same, {},
        r"cannot be computed at inputs of shape \[\]; give examples=", id="no shape suits",
    ),
    pytest.param(
        lambda a: jnp.log(-jnp.exp(a)), lambda dv, v, a: dv, {},
        "no finite value at any of the drawn inputs; give examples=", id="never finite",
    ),
    pytest.param(times, same, {"examples": 3}, "examples are 3; give a list of tuples", id="ex"),
    pytest.param(times, same, {"examples": [3.0]}, "an example is float; give a tuple", id="ex 3"),
    pytest.param(
        times, same, {"examples": [(1.0,)]}, r"takes 2 inputs \(a, b\), got 1", id="too few"
    ),
    pytest.param(
        times, same, {"examples": [(1.0, "b")]}, "what is no array of real numbers", id="a letter"
    ),
    pytest.param(times, same, {"options": {"q": 1}}, "has no option 'q'; it takes none", id="q"),
    pytest.param(shifted, same, {"options": {"q": 1}}, "option 'q'; it takes by", id="q of by"),
    pytest.param(shifted, same, {}, r"'by' has no default to proof-read with; give one", id="by"),
    pytest.param(shifted, same, {"options": 3}, "options are 3; wanted a dictionary", id="options"),
]  # fmt: skip


@pytest.mark.parametrize(("forward", "backward", "more", "sentence"), CASES)
def test_it_is_told_what_was_given_and_what_was_wanted(
    forward: Callable[..., Any], backward: Callable[..., Any], more: dict, sentence: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=sentence):
        inspect.unwrap(register)("odd", forward, backward, **more)
    assert "odd" not in gates
