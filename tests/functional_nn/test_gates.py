"""What the gates compute, and what they refuse."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import activations, losses
from functional_nn.gates import RESERVED, Gate, add_gate, gates, remove_gate

A = np.array([[1.5, -2.0, 0.5], [0.25, 3.0, -1.0]], np.float32)
B = np.array([2.0, -0.5, 4.0], np.float32)

CASES = [
    pytest.param("add", (A, B), {}, A + B, id="add"),
    pytest.param("sub", (A, B), {}, A - B, id="sub"),
    pytest.param("mul", (A, B), {}, A * B, id="mul"),
    pytest.param("div", (A, B), {}, A / B, id="div"),
    pytest.param("neg", (A,), {}, -A, id="neg"),
    pytest.param("abs", (A,), {}, np.abs(A), id="abs"),
    pytest.param("copy", (A,), {}, A, id="copy"),
    pytest.param("max", (A, B), {}, np.maximum(A, B), id="max"),
    pytest.param("exp", (A,), {}, np.exp(A), id="exp"),
    pytest.param("log", (np.abs(A),), {}, np.log(np.abs(A)), id="log"),
    pytest.param("sin", (A,), {}, np.sin(A), id="sin"),
    pytest.param("cos", (A,), {}, np.cos(A), id="cos"),
    pytest.param("power", (A,), {"exponent": 3}, A**3, id="power"),
    pytest.param("power", (A,), {"exponent": 2.0}, A**2, id="power, whole float"),
    pytest.param("power", (np.abs(A),), {"exponent": 0.5}, np.sqrt(np.abs(A)), id="power, half"),
    pytest.param("pow", (np.abs(A), B), {}, np.abs(A) ** B, id="pow"),
    pytest.param("matmul", (A, A.T), {}, A @ A.T, id="matmul"),
    pytest.param("matmul", (A, B), {}, A @ B, id="matmul, matrix and vector"),
    pytest.param("matmul", (B, A.T), {}, B @ A.T, id="matmul, vector and matrix"),
    pytest.param("matmul", (B, B), {}, B @ B, id="matmul, vectors"),
    pytest.param("sum", (A,), {}, A.sum(), id="sum"),
    pytest.param("sum", (A,), {"axis": 0}, A.sum(0), id="sum, axis"),
    pytest.param("mean", (A,), {"axis": 1, "keepdims": True}, A.mean(1, keepdims=True), id="mean"),
    pytest.param("broadcast", (B,), {"shape": (2, 3)}, np.stack([B, B]), id="broadcast"),
]


@pytest.mark.parametrize("name", ["a b", "", "a/b", "3"])
def test_a_name_that_is_no_word_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a gate; give a word"):
        add_gate(Gate(name, lambda a: a))
    assert name not in gates


@pytest.mark.parametrize(("name", "inputs", "options", "wanted"), CASES)
def test_values(name: str, inputs: tuple, options: dict, wanted: np.ndarray) -> None:
    value = gates[name].forward(*map(jnp.asarray, inputs), **options)
    assert value.shape == np.shape(wanted)
    np.testing.assert_allclose(value, wanted, rtol=1e-6)


def test_every_activation_and_loss_is_a_gate() -> None:
    assert {*activations, *losses} < set(gates)
    assert not set(RESERVED) & set(gates)
    u, t = jnp.asarray(A), jnp.asarray(A[::-1].copy())
    for name in activations:
        np.testing.assert_array_equal(gates[name].forward(u), activations[name](u))
    for name in losses:
        np.testing.assert_array_equal(gates[name].forward(u, t), losses[name](u, t))


def test_a_gate_says_what_it_takes() -> None:
    assert gates["mul"].inputs == ("a", "b")
    assert list(gates["sum"].options) == ["axis", "keepdims"]
    assert len(gates["exp"].inputs) == 1


@pytest.mark.parametrize("pair", [(1.0, 1.0), (np.nan, 1.0), (1.0, np.nan)])
def test_max_lets_nan_through(pair: tuple[float, float]) -> None:
    value = gates["max"].forward(*map(jnp.float32, pair))
    np.testing.assert_array_equal(value, np.maximum(*pair))


REFUSALS = [
    pytest.param("add", [(2, 3), (2,)], "shapes [2, 3] and [2] do not broadcast to one", id="add"),
    pytest.param("matmul", [(2, 3), (2, 3)], "the inner sizes differ: 3 and 2", id="matmul"),
    pytest.param("matmul", [(2, 3), ()], "a matrix product takes no scalars; use mul", id="scalar"),
    pytest.param(
        "hinge",
        [(2, 3), (2,)],
        "a loss takes outputs and targets of one shape [batch, n_out]",
        id="loss",
    ),
]


@pytest.mark.parametrize(("name", "shapes", "sentence"), REFUSALS)
def test_shapes_that_do_not_fit(name: str, shapes: list[tuple], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("[", r"\[")):
        gates[name].forward(*map(jnp.ones, shapes))


def test_a_gate_can_be_added_and_removed() -> None:
    add_gate(Gate("cube", lambda a, *, shift=0.0: (a + shift) ** 3))
    try:
        assert gates["cube"].inputs == ("a",)
        assert gates["cube"].options == {"shift": 0.0}
        with pytest.raises(ValueError, match="there is a gate 'cube' already"):
            add_gate(Gate("cube", lambda a: a))
    finally:
        remove_gate("cube")
    assert "cube" not in gates


@pytest.mark.parametrize("name", RESERVED)
def test_a_kind_of_node_is_no_name_for_a_gate(name: str) -> None:
    with pytest.raises(ValueError, match="choose another name"):
        add_gate(Gate(name, lambda a: a))


@pytest.mark.parametrize("forward", [lambda *a: a[0], lambda a, **options: a, lambda: 1.0])
def test_a_signature_without_names_is_refused(forward: Callable) -> None:
    with pytest.raises(ValueError, match="name each input as a positional argument"):
        add_gate(Gate("vague", forward))
