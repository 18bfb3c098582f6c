"""A rule that is right where its author looked: it has to be elsewhere as well."""

import re
from collections.abc import Callable
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
import pytest

from compare import GradientMismatch
from compare.gates import register
from functional_nn.gates import gates
from manual_backprop.gates import unregister


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
