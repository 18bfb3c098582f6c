"""What the backward pass is as a program: its matrix products, and what it keeps for itself."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import jax
import pytest

from functional_nn import MLP, activations
from manual_backprop import slopes, value_and_grad

MATRIX = "dot_general"


def equations(jaxpr: Any) -> Iterator[Any]:
    """Yield every equation, those of inner programs included."""
    for equation in jaxpr.eqns:
        yield equation
        for parameter in equation.params.values():
            inner = getattr(parameter, "jaxpr", parameter)
            if hasattr(inner, "eqns"):
                yield from equations(inner)


def products(f: Callable, *args: Any, **options: Any) -> Counter:
    """Count matrix products by their operands' shapes (transposed or not) and precision."""
    found: Counter = Counter()
    for equation in equations(jax.make_jaxpr(lambda *a: f(*a, **options))(*args).jaxpr):
        if equation.primitive.name == MATRIX:
            precision = equation.params["precision"]
            pair = precision if type(precision) is tuple else (precision, precision)
            shapes = [tuple(sorted(operand.aval.shape)) for operand in equation.invars]
            operands = frozenset(zip(shapes, map(str, pair), strict=True))
            found[operands, str(equation.params["preferred_element_type"])] += 1
    return found


PRECISIONS = {
    "default": None,
    "highest": "highest",
    "high": jax.lax.Precision.HIGH,
    "a pair": ("highest", "default"),
    "an algorithm": jax.lax.DotAlgorithmPreset.F32_F32_F32,
}


@pytest.mark.parametrize("precision", PRECISIONS.values(), ids=PRECISIONS)
def test_its_products_are_autodiffs_products(precision: Any, draw: Callable) -> None:
    mlp = MLP((3, 4, 5, 2), "tanh", l2=0.1)
    problem = draw(mlp, batch=7)
    hand = products(value_and_grad(mlp), *problem, precision=precision)
    assert hand == products(jax.value_and_grad(mlp.loss), *problem, precision=precision)
    assert hand.total() == 3 * mlp.depth - 1  # none for the input's own gradient
    if precision:
        assert hand != products(value_and_grad(mlp), *problem)


def test_products_keep_the_working_precision(draw: Callable) -> None:
    mlp = MLP((3, 4, 2), "tanh")
    problem = draw(mlp).in_dtype("bfloat16")
    hand = products(value_and_grad(mlp), *problem)
    assert hand == products(jax.value_and_grad(mlp.loss), *problem)
    assert {accumulated for _, accumulated in hand} == {"bfloat16"}


def outlives(name: str, draw: Callable) -> bool:
    """Whether the pre-activation of a hidden layer is still needed once the next layer ran."""
    mlp = MLP((3, 4, 2), name)
    program = jax.make_jaxpr(value_and_grad(mlp))(*draw(mlp, batch=7)).jaxpr
    matrix = [n for n, eqn in enumerate(program.eqns) if eqn.primitive.name == MATRIX]
    add = next(eqn for eqn in program.eqns[matrix[0] :] if eqn.primitive.name == "add")
    z, second_forward = add.outvars[0], matrix[1]
    return any(operand is z for eqn in program.eqns[second_forward:] for operand in eqn.invars)


@pytest.mark.parametrize("name", activations)
def test_forgets_the_pre_activation_where_the_slope_comes_from_the_output(
    name: str, draw: Callable
) -> None:
    u_is_z = name == "identity"
    assert outlives(name, draw) == (slopes[name].kept == "z" or u_is_z)


def test_where_a_slope_needs_more_than_the_output() -> None:
    """A table for the eye: only these four are no function of u, or lose digits as one."""
    assert {name for name, slope in slopes.items() if slope.kept == "z"} == {
        "elu", "gelu", "gelu_tanh", "silu",
    }  # fmt: skip
