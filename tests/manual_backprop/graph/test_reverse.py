"""The backward sweep: its four steps, and what it refuses."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.gates import Gate, add_gate, remove_gate
from functional_nn.graph import build, evaluate, gate, symbol, symbols
from functional_nn.graph.examples import product_of_sum
from manual_backprop.graph import backpropagate, push, value_and_partials
from tests.functional_nn.graph.nested import net
from tests.test_layout import DERIVATIVES


def test_contributions_add_up() -> None:
    x = symbol("x")
    square = x * x
    assert backpropagate(build(square + square), {"x": 3.0}).partial("x") == 12


def test_what_the_output_does_not_need_has_partial_zero() -> None:
    """Not even a pole beside the way makes it nan."""
    x, y = symbols("x y")
    pole = gate("log")(y).named("pole")
    graph = build((2 * x).named("f"), keep=(pole,))
    sweep = backpropagate(graph, {"x": 1.0, "y": 0.0})
    assert sweep.value("pole") == -np.inf
    assert (sweep.partial("x"), sweep.partial("y"), sweep.partial("pole")) == (2, 0, 0)


def test_what_uses_the_output_sends_nothing_back() -> None:
    x = symbol("x")
    f = (2 * x).named("f")
    graph = build(f, keep=((f * 3).named("later"),))
    sweep = backpropagate(graph, {"x": 1.0})
    assert (sweep.partial("f"), sweep.partial("later")) == (1, 0)


def test_a_seed_gives_one_row_of_the_jacobian() -> None:
    x, W = symbols("x W")
    graph = build(W @ x)
    inputs = {"x": jnp.array([1.0, 2.0]), "W": jnp.array([[1.0, 2], [3, 4], [5, 6]])}
    sweep = backpropagate(graph, inputs, seed=[0, 1, 0])
    np.testing.assert_array_equal(sweep.partial("x"), [3, 4])
    np.testing.assert_array_equal(sweep.partial("W"), [[0, 0], [1, 2], [0, 0]])
    with pytest.raises(ValueError, match=r"the output has shape \[3\] and there is no seed; give"):
        backpropagate(graph, inputs)
    with pytest.raises(ValueError, match=r"and there is a seed of shape \[2\]"):
        backpropagate(graph, inputs, seed=[0, 1])


def test_modules_three_deep() -> None:
    keys = jax.random.split(jax.random.key(0), 5)
    shapes = {"x": (4, 3), "W1": (3, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)}
    names = zip(keys, shapes.items(), strict=True)
    inputs = {name: jax.random.normal(key, shape) for key, (name, shape) in names}
    value, partials = jax.jit(value_and_partials(net()))(inputs)
    wanted = jax.jit(jax.grad(lambda at: evaluate(net(), at)))(inputs)
    np.testing.assert_allclose(value, net()(**inputs), rtol=1e-6)
    for name in shapes:
        np.testing.assert_allclose(partials[name], wanted[name], rtol=1e-5, atol=1e-7)


def test_partials_inside_modules() -> None:
    inputs = {
        "x": jnp.ones((4, 3)),
        "W1": jnp.full((3, 5), 0.1),
        "b1": jnp.ones(5),
        "W2": jnp.full((5, 2), 0.2),
        "b2": jnp.ones(2),
    }
    sweep = backpropagate(net(), inputs)
    h2, d = sweep.value("h2"), sweep.value("h2/d/z")
    np.testing.assert_allclose(sweep.partial("h2"), 2 * h2 / h2.size, rtol=1e-6)
    wanted = 2 * h2 / h2.size * (1 - jnp.tanh(d) ** 2)
    np.testing.assert_allclose(sweep.partial("h2/d/z"), wanted, rtol=1e-4)
    np.testing.assert_allclose(sweep.partial("h2/d/b"), wanted.sum(0), rtol=1e-4)
    _, named = value_and_partials(net(), ["h1/d/z"])(inputs)
    np.testing.assert_allclose(named["h1/d/z"], sweep.partial("h1/d/z"), rtol=1e-6)


def test_under_vmap() -> None:
    graph, inputs = product_of_sum()
    many = {name: jnp.linspace(value, value + 1, 3) for name, value in inputs.items()}
    values, partials = jax.vmap(value_and_partials(graph))(many)
    np.testing.assert_allclose(values, (many["x"] + many["y"]) * many["z"])
    np.testing.assert_allclose(partials["x"], many["z"])
    np.testing.assert_allclose(partials["z"], many["x"] + many["y"])


def test_partials_of_unknown_nodes() -> None:
    graph, _ = product_of_sum()
    with pytest.raises(ValueError, match="f: no node is called 'quotient'; known:"):
        value_and_partials(graph, ["quotient"])


def test_it_traces_once() -> None:
    traces = 0

    def counted(inputs: Any) -> Any:
        nonlocal traces
        traces += 1
        return value_and_partials(graph)(inputs)

    graph, inputs = product_of_sum()
    compiled = jax.jit(counted)
    for shift in range(3):
        compiled({name: value + shift for name, value in inputs.items()})
    assert traces == 1


def test_it_runs_with_autodiff_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("manual_backprop asked JAX for a derivative")

    for name in DERIVATIVES & set(dir(jax)) - {"custom_derivatives"}:
        monkeypatch.setattr(jax, name, refuse)
    graph, inputs = product_of_sum()
    assert backpropagate(graph, inputs).partial("z") == 3


def test_a_gate_without_a_rule() -> None:
    add_gate(Gate("cube", lambda a: a**3))
    try:
        graph = build(gate("cube")(symbol("x")).named("v"))
        told = r"node v = cube\(x\): gate 'cube' has no rule; compare.gates.register adds a gate"
        with pytest.raises(ValueError, match=told):
            backpropagate(graph, {"x": 2.0})
        with pytest.raises(ValueError, match=told):
            push(graph, {"x": 2.0}, {"x": 1.0})
    finally:
        remove_gate("cube")
    with pytest.raises(ValueError, match="no gate is called 'cube' any more"):
        backpropagate(graph, {"x": 2.0})


def test_abs_of_a_symbol() -> None:
    x = symbol("x")
    for graph in (build(abs(x).sum()), build(gate("max")(x, -x).sum())):
        assert backpropagate(graph, {"x": [-2.0, 0.0, 3.0]}).partial("x").tolist() == [-1, 1, 1]
