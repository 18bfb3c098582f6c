"""A gate of one's own comes in when its rule is right, and stays out when it is not."""

from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from compare import GradientMismatch
from compare.gates import register
from functional_nn.gates import gates
from functional_nn.graph import build, function_of, gate, symbols
from manual_backprop.gates import rules, unregister
from manual_backprop.graph import backpropagate
from tests.functional_nn.graph.nested import layer


@pytest.fixture
def multiply() -> Iterator[None]:
    """L4-11, as printed: dx = y dz, dy = x dz."""
    register("multiply", lambda x, y: x * y, lambda dz, z, x, y: (y * dz, x * dz))
    yield
    unregister("multiply")


@pytest.mark.usefixtures("multiply")
def test_the_lecture_s_multiply_gate() -> None:
    x, y = symbols("x y")
    sweep = backpropagate(build(gate("multiply")(x, y)), {"x": -2.0, "y": 5.0})
    assert (sweep.partial("x"), sweep.partial("y")) == (5, -2)


WRONG: dict[str, tuple[Callable, Callable]] = {
    "swap forgotten": (lambda x, y: x * y, lambda dz, z, x, y: (x * dz, y * dz)),
    "sign": (jnp.cos, lambda dv, v, a: jnp.sin(a) * dv),
    "factor": (lambda a: a**2, lambda dv, v, a: a * dv),
    "slope of the wrong thing": (jnp.tanh, lambda dv, v, a: (1 - a * a) * dv),
    "zero": (jnp.exp, lambda dv, v, a: 0 * dv),
    "one input only": (lambda x, y: x * y, lambda dz, z, x, y: (y * dz, None)),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_rule_is_refused(mistake: str) -> None:
    forward, backward = WRONG[mistake]
    with pytest.raises(GradientMismatch) as caught:
        register("wrong", forward, backward)
    assert not caught.value.report.agrees
    assert "wrong" not in gates
    assert "wrong" not in rules


def test_a_module_with_a_backward_of_its_own() -> None:
    """L0-11: x.grad = T_backward(x⁺.grad; params, x), T being a dense layer with tanh."""

    def backward(dv: Any, v: Any, u: Any, W: Any, b: Any) -> tuple[Any, Any, Any]:
        delta = dv * (1 - v) * (1 + v)
        return delta @ W.T, u.T @ delta, delta.sum(axis=0)

    rng = np.random.default_rng(0)
    u, W, b = (rng.standard_normal(shape).astype(np.float32) for shape in [(4, 3), (3, 2), (2,)])
    register("layer", function_of(layer()), backward, examples=[(u, W, b)])
    try:
        x, V, c = symbols("x V c")
        inputs = {"x": u, "V": W, "c": b}
        own, opened = (
            backpropagate(build(of(x, V, c).sum(), "net", inputs=(x, V, c)), inputs)
            for of in (gate("layer"), layer())
        )
        for name in inputs:
            np.testing.assert_allclose(own.partial(name), opened.partial(name), rtol=1e-5)
    finally:
        unregister("layer")


def test_options_and_examples() -> None:
    W, x = np.ones((4, 3), np.float32), np.ones(3, np.float32)
    register(
        "affine",
        lambda W, x, *, shift: W @ x + shift,
        lambda dv, v, W, x, *, shift: (dv[:, None] * x[None, :], W.T @ dv),
        tangent=lambda dots, v, W, x, *, shift: dots[0] @ x + W @ dots[1],
        examples=[(W, x)],
        options={"shift": 2.0},
    )
    try:
        assert gates["affine"].options.keys() == {"shift"}
    finally:
        unregister("affine")


def test_a_wrong_tangent_rule_is_refused() -> None:
    def tangent(dots: Any, z: Any, x: Any, y: Any) -> Any:
        return dots[0] * y - dots[1] * x

    with pytest.raises(ValueError, match="the tangent rule of 'times' does not fit its backward"):
        register("times", lambda x, y: x * y, lambda dz, z, x, y: (y * dz, x * dz), tangent=tangent)
    assert "times" not in gates
