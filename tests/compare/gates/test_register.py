"""A gate of one's own comes in when its rule is right, where its author did not look too."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

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


# --- right where its author looked, wrong elsewhere ---------------------------------------------


def leaky(a: Any, *, slope: float = 0.1) -> Any:
    return jnp.where(a > 0, a, slope * a)


def summed(a: Any, *, axis: int | None = None) -> Any:
    return jnp.sum(a, axis=axis)


def raised(a: Any, *, n: int = 2) -> Any:
    return a**n


def reduced(a: Any, *, by: Literal["sum", "mean"] = "sum") -> Any:
    return jnp.sum(a) if by == "sum" else jnp.mean(a)


ELSEWHERE: dict[str, tuple[Callable, Callable, str]] = {
    "another slope": (
        leaky,
        lambda dv, v, a, *, slope=0.1: jnp.where(a > 0, 1, 0.1) * dv,
        "proof-read at a scalar, slope=0.2; right at the first options",
    ),
    "another exponent": (raised, lambda dv, v, a, *, n=2: 2 * a * dv, "a scalar, n=3"),
    "another word": (
        reduced,
        lambda dv, v, a, *, by="sum": jnp.broadcast_to(dv, a.shape),
        "by='mean'",
    ),
    "three axes": (
        lambda a: jnp.sum(a, axis=-1) if a.ndim else a,
        lambda dv, v, a: dv[..., None] * (1 + 0 * a if a.ndim < 3 else a) if a.ndim else dv,
        "proof-read at a [2, 4, 3]",
    ),
    "a branch far out": (
        lambda a: jnp.where(a > 7, a * a, a),
        lambda dv, v, a: dv,
        "though not on yours",
    ),
    "zero": (
        lambda a, b: a * b,
        lambda dv, v, a, b: (jnp.where(a == 0, 0, b) * dv, a * dv),
        "though not on yours",
    ),
    "a tie": (
        lambda a, b: a + b,
        lambda dv, v, a, b: (jnp.where(a == b, 3, 1) * dv, dv),
        "though not on yours",
    ),
    "a cotangent above three": (
        jnp.sin,
        lambda dv, v, a: jnp.minimum(dv, 3) * jnp.cos(a),
        "though not on yours",
    ),
    "a cotangent of one": (jnp.sin, lambda dv, v, a: jnp.cos(a), "proof-read at x scalar"),
}  # fmt: skip


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_rule_that_is_wrong_elsewhere_is_refused(place: str) -> None:
    forward, backward, told = ELSEWHERE[place]
    with pytest.raises(GradientMismatch, match=re.escape(told)):
        register("wrong", forward, backward)
    assert "wrong" not in gates


def test_a_rule_that_breaks_at_another_axis_is_refused() -> None:
    with pytest.raises(TypeError, match=r"gate 'wrong', proof-read at .* axis=.*give examples="):
        register("wrong", summed, lambda dv, v, a, *, axis=None: dv * jnp.ones_like(a) + 0 * v[()]
                 if axis is None else dv.missing)  # fmt: skip
    assert "wrong" not in gates


RIGHT: dict[str, tuple[Callable, Callable]] = {
    "slope": (leaky, lambda dv, v, a, *, slope=0.1: jnp.where(a > 0, 1, slope) * dv),
    "exponent": (raised, lambda dv, v, a, *, n=2: n * a ** (n - 1) * dv),
    "axis": (
        summed,
        lambda dv, v, a, *, axis=None: jnp.broadcast_to(
            dv if axis is None else jnp.expand_dims(dv, axis), a.shape
        ),
    ),
    "logarithm": (jnp.log, lambda dv, v, a: dv / a),
    "arc sine": (jnp.arcsin, lambda dv, v, a: dv / jnp.sqrt((1 - a) * (1 + a))),
    "at the kink, another slope": (jnp.abs, lambda dv, v, a: jnp.where(a < 0, -dv, dv)),
    "matrices alone": (jnp.linalg.inv, lambda dv, v, a: -v.T @ dv @ v.T),
}


@pytest.mark.parametrize("rule", RIGHT)
def test_a_right_rule_is_taken_at_all_of_these(rule: str) -> None:
    forward, backward = RIGHT[rule]
    examples = [(np.diag([1.0, 2.0, 3.0]) + 0.1,)] if rule == "matrices alone" else None
    register("right", forward, backward, examples=examples)
    unregister("right")


def test_a_list_of_options_is_all_that_is_tried() -> None:
    register(
        "right",
        leaky,
        lambda dv, v, a, *, slope=0.1: jnp.where(a > 0, 1, 0.1) * dv,
        options=[{"slope": 0.1}],
    )
    unregister("right")


def test_what_only_its_author_can_vary_is_told() -> None:
    def forward(a: Any, *, by: str = "sum") -> Any:
        return reduced(a, by=by)

    def backward(dv: Any, v: Any, a: Any, *, by: str = "sum") -> Any:
        return jnp.broadcast_to(dv, a.shape)

    sentence = r"gate 'half': its option 'by' was proof-read at 'sum' only; give the settings"
    with pytest.warns(UserWarning, match=sentence):
        register("half", forward, backward)
    unregister("half")
    with pytest.raises(GradientMismatch, match="by='mean'"):
        register("half", forward, backward, options=[{"by": "sum"}, {"by": "mean"}])
