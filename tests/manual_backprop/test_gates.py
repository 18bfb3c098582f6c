"""The local rules: one a gate, against autodiff, both ways, in float64."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import activations, losses
from functional_nn.gates import Gate, gates
from functional_nn.graph import build, gate, symbol
from manual_backprop.gates import register, rules, target_partials, unregister
from manual_backprop.graph import backpropagate, push
from manual_backprop.rules import Rule, pulled

rng = np.random.default_rng(0)


def drawn(*shape: int, above: float | None = None) -> np.ndarray:
    values = rng.standard_normal(shape)
    return values if above is None else above + np.abs(values)


CASES = {
    **{name: ((drawn(4, 3),), {}) for name in ("neg", "abs", "copy", "exp", "sin", "cos")},
    **{f"{name} g": ((3 * drawn(5, 4),), {}) for name in activations},
    **{name: ((drawn(4, 3), drawn(4, 3)), {}) for name in ("add", "sub", "mul", "max")},
    **{f"{name} row": ((drawn(4, 3), drawn(3)), {}) for name in ("add", "sub", "mul", "max")},
    **{f"{name} scalar": ((drawn(), drawn(4, 3)), {}) for name in ("add", "sub", "mul", "max")},
    "mul column and row": ((drawn(4, 1), drawn(1, 3)), {}),
    "mul into the middle": ((drawn(2, 1, 3), drawn(4, 1)), {}),
    "div": ((drawn(4, 3), drawn(3, above=0.5)), {}),
    "log": ((drawn(4, 3, above=0.3),), {}),
    "pow": ((drawn(4, 3, above=0.3), drawn(3)), {}),
    "pow of zero": ((np.array([0.0, 2.0]), np.array([1.5, 2.0])), {}),
    **{
        f"power {exponent}": ((drawn(4, 3),), {"exponent": exponent})
        for exponent in (0, 1, 2, 3, -1, 2.0)
    },
    "power 0.5": ((drawn(4, 3, above=0.3),), {"exponent": 0.5}),
    "power 0 of zero": ((np.zeros(2),), {"exponent": 0}),
    "power 1 of zero": ((np.zeros(2),), {"exponent": 1}),
    "matmul": ((drawn(4, 3), drawn(3, 2)), {}),
    "matmul square": ((drawn(3, 3), drawn(3, 3)), {}),
    "matmul matrix and vector": ((drawn(4, 3), drawn(3)), {}),
    "matmul vector and matrix": ((drawn(3), drawn(3, 2)), {}),
    "matmul vectors": ((drawn(3), drawn(3)), {}),
    "matmul stacks": ((drawn(5, 4, 3), drawn(5, 3, 2)), {}),
    "matmul stack and shared": ((drawn(5, 4, 3), drawn(1, 3, 2)), {}),
    **{f"{name} all": ((drawn(4, 3),), {}) for name in ("sum", "mean")},
    **{f"{name} first": ((drawn(4, 3),), {"axis": 0}) for name in ("sum", "mean")},
    **{f"{name} two": ((drawn(4, 3, 2),), {"axis": (0, -1)}) for name in ("sum", "mean")},
    **{
        f"{name} kept": ((drawn(4, 3, 2),), {"axis": 1, "keepdims": True})
        for name in ("sum", "mean")
    },
    "sum all kept": ((drawn(4, 3),), {"keepdims": True}),
    "broadcast": ((drawn(3, 1),), {"shape": (4, 3, 2)}),
    "broadcast scalar": ((drawn(),), {"shape": (4, 3)}),
    **{name: ((drawn(5, 3), drawn(5, 3)), {}) for name in losses},
}
pytestmark = pytest.mark.usefixtures("x64")


def test_every_gate_has_its_rule() -> None:
    assert list(rules) == list(gates)
    assert list(target_partials) == list(losses)


def test_every_gate_has_its_case() -> None:
    assert {name.split()[0] for name in CASES} == set(gates)


@pytest.mark.parametrize("case", CASES)
def test_both_ways_agree_with_autodiff(case: str) -> None:
    name, (inputs, options) = case.partition(" ")[0], CASES[case]
    forward = partial(gates[name].forward, **options)
    at = tuple(jnp.asarray(value) for value in inputs)
    directions = np.random.default_rng(1)
    dv = directions.standard_normal(jax.eval_shape(forward, *at).shape)
    dots = tuple(directions.standard_normal(a.shape) for a in at)

    @jax.jit
    def by_hand(at: Any, dv: Any, dots: Any) -> Any:
        v = forward(*at)
        return pulled(rules[name], dv, v, at, **options), rules[name].push(dots, v, *at, **options)

    @jax.jit
    def by_autodiff(at: Any, dv: Any, dots: Any) -> Any:
        return list(jax.vjp(forward, *at)[1](dv)), jax.jvp(forward, at, dots)[1]

    jax.tree.map(
        partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-14),
        by_hand(at, dv, dots),
        by_autodiff(at, dv, dots),
    )


TIES = {  # the first input passes, as its value does
    (1.0, 1.0): (1.0, 0.0),
    (2.0, 1.0): (1.0, 0.0),
    (1.0, 2.0): (0.0, 1.0),
}


@pytest.mark.parametrize("pair", TIES)
def test_max_is_a_router(pair: tuple[float, float]) -> None:
    a, b = map(jnp.float64, pair)
    found = pulled(rules["max"], jnp.ones(()), gates["max"].forward(a, b), [a, b])
    assert tuple(map(float, found)) == TIES[pair]


@pytest.mark.parametrize("z", [-1.0, 0.0, 1.0])
def test_max_with_zero_is_relu(z: float) -> None:
    x = symbol("x")
    relu = backpropagate(build(gate("relu")(x)), {"x": z}).partial("x")
    assert backpropagate(build(gate("max")(0, x)), {"x": z}).partial("x") == relu


def test_at_a_tie_with_itself_everything_comes_back() -> None:
    x = symbol("x")
    assert backpropagate(build(gate("max")(x, x)), {"x": 3.0}).partial("x") == 1


# --- gates of one's own ------------------------------------------------------------------------


@pytest.fixture
def registered() -> Iterator[list[str]]:
    names: list[str] = []
    yield names
    for name in names:
        unregister(name)


def accept(gate: Gate, rule: Rule) -> None:
    """Stand in for the proof-reader, which lives in compare."""


def test_a_registered_gate_is_a_gate_like_any_other(registered: list[str]) -> None:
    register(
        "hypotenuse",
        lambda a, b: jnp.sqrt(a**2 + b**2),
        lambda dv, v, a, b: (dv * a / v, dv * b / v),
        check=accept,
    )
    registered.append("hypotenuse")
    assert list(rules) == list(gates)
    x, y = symbol("x"), symbol("y")
    graph = build(gate("hypotenuse")(x, y) * x)
    sweep = backpropagate(graph, {"x": 3.0, "y": 4.0})
    assert float(sweep.partial("x")) == pytest.approx(5 + 3 * 3 / 5)
    assert float(sweep.partial("y")) == pytest.approx(3 * 4 / 5)
    # forward mode, from the backward rule alone
    assert float(push(graph, {"x": 3.0, "y": 4.0}, {"y": 1.0}).tangent("v2")) == pytest.approx(2.4)


def test_a_push_is_made_of_pulls(registered: list[str]) -> None:
    def backward(dv: Any, v: Any, W: Any, x: Any) -> tuple[Any, Any]:
        return dv[:, None] * x[None, :], W.T @ dv

    register("times", lambda W, x: W @ x, backward, check=accept)
    registered.append("times")
    W, x = jnp.asarray(drawn(4, 3)), jnp.asarray(drawn(3))
    dots = (jnp.asarray(drawn(4, 3)), jnp.asarray(drawn(3)))
    np.testing.assert_allclose(
        rules["times"].push(dots, W @ x, W, x), dots[0] @ x + W @ dots[1], rtol=1e-12
    )


def test_a_single_input_needs_no_tuple_and_targets_no_contribution(registered: list[str]) -> None:
    register("double", lambda a: 2 * a, lambda dv, v, a: 2 * dv, check=accept)
    register("first", lambda a, b: a, lambda dv, v, a, b: (dv, None), check=accept)
    registered += ["double", "first"]
    x, y = symbol("x"), symbol("y")
    graph = build(gate("first")(gate("double")(x), y), inputs=(x, y))
    sweep = backpropagate(graph, {"x": 3.0, "y": 4.0})
    assert (sweep.partial("x"), sweep.partial("y")) == (2, 0)
    assert push(graph, {"x": 3.0, "y": 4.0}, {"x": 1.0, "y": 1.0}).tangent("v2") == 2


def test_a_refused_rule_leaves_nothing_behind() -> None:
    def refuse(gate: Gate, rule: Rule) -> None:
        raise AssertionError(f"{gate.name} is wrong")

    with pytest.raises(AssertionError, match="sine is wrong"):
        register("sine", jnp.sin, lambda dv, v, a: dv, check=refuse)
    assert "sine" not in gates
    assert "sine" not in rules


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="there is a gate 'sin' already"):
        register("sin", jnp.sin, lambda dv, v, a: dv, check=accept)
    assert rules["sin"].pull is not None


SHORT = [
    pytest.param(lambda dv, v, a, b: (dv,), "contributions: 1, inputs: 2; return one", id="count"),
    pytest.param(
        lambda dv, v, a, b: (dv, dv),
        r"the contribution to input 2 has shape \[2, 3\], the input \[3\]; what was broadcast",
        id="shape",
    ),
]


@pytest.mark.parametrize(("backward", "sentence"), SHORT)
def test_contributions_must_fit(backward: Any, sentence: str, registered: list[str]) -> None:
    register("plus", lambda a, b: a + b[None, :], backward, check=accept)
    registered.append("plus")
    x, y = symbol("x"), symbol("y")
    graph = build(gate("plus")(x, y).sum())
    with pytest.raises(ValueError, match=f"the rule of 'plus', at node .*: {sentence}"):
        backpropagate(graph, {"x": np.ones((2, 3)), "y": np.ones(3)})
