"""Programs in many digits: each rule against NumPy's, and digits that float64 has not."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from compare.program import trace, with_float64
from compare.program.in_digits import RULES, evaluate

X = np.array([0.3, -1.2, 2.0])


def in_digits(function: object, *inputs: np.ndarray, digits: int = 60) -> list[np.ndarray]:
    with with_float64():
        program, _ = trace(function, *map(jnp.asarray, inputs), write_out=True)
    return evaluate(program, inputs, digits)


FUNCTIONS = [
    *(jnp.exp, jnp.expm1, jnp.sin, jnp.cos, jnp.tan, jnp.arctan, jnp.sinh, jnp.cosh, jnp.tanh),
    *(jnp.abs, jnp.sign, jnp.square, jnp.sum, jnp.max, jax.nn.sigmoid, jax.nn.softplus),
    *(jax.scipy.special.erf, jax.scipy.special.erfc),
    lambda x: jnp.log(jnp.abs(x)) + jnp.log1p(x * x) + jnp.sqrt(jnp.abs(x)),
    lambda x: x**-3 + jnp.abs(x) ** 1.5 + 1 / x,
    lambda x: jnp.where(x > 0, x, -2 * x) @ jnp.outer(x, x),
    lambda x: (jnp.arange(3) != jnp.argmax(x)).astype(x.dtype) * x,
    lambda x: jax.grad(lambda z: jnp.sum(jax.nn.log_softmax(z) * jnp.maximum(z, 0.1)))(x),
]


@pytest.mark.parametrize("k", range(len(FUNCTIONS)))
def test_it_is_what_float64_says(k: int) -> None:
    (result,) = in_digits(FUNCTIONS[k], X)
    with with_float64():
        right = np.asarray(FUNCTIONS[k](jnp.asarray(X)))
    np.testing.assert_allclose(result.astype(np.float64), right, rtol=1e-12, atol=1e-15)


def test_nothing_cancels_and_nothing_overflows() -> None:
    (result,) = in_digits(lambda x: 1 - jnp.tanh(x) ** 2, np.array(40.0), digits=80)
    with mpmath.workdps(80):
        assert abs(result[()] * mpmath.cosh(40) ** 2 - 1) < mpmath.mpf(10) ** -40
    (result,) = in_digits(lambda x: jnp.exp(x) / (1 + jnp.exp(x)), np.array(1e5))
    assert float(result[()]) == 1.0


@pytest.mark.parametrize(
    ("function", "right"),
    [
        (jnp.log, [np.nan, -np.inf, 0.0]),
        (jnp.sqrt, [np.nan, 0.0, 1.0]),
        (lambda x: 1 / x, [-1.0, np.inf, 1.0]),
        (lambda x: x / jnp.abs(x), [-1.0, np.nan, 1.0]),
        (lambda x: jnp.log1p(2 * x), [np.nan, 0.0, np.log(3)]),
    ],
)
def test_outside_the_real_numbers(function: object, right: list[float]) -> None:
    (result,) = in_digits(function, np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(result.astype(np.float64), right, rtol=1e-15)


def test_what_it_has_no_rule_for_is_named() -> None:
    assert "lgamma" not in RULES
    with pytest.raises(NotImplementedError, match=r"^no rule in many digits for lgamma$"):
        in_digits(jax.scipy.special.gammaln, X)
