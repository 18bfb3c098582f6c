"""Each primitive on NumPy gives what it gives on JAX."""

import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from compare.program import trace, with_float64
from compare.program.on_numpy import RULES, apply
from compare.program.run import step

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((3, 4)), RNG.standard_normal((3, 4))
POSITIVE, UNIT = np.abs(X) + 0.1, np.tanh(X)
WHOLE, BITS = np.array([[7, -7, 3], [0, 5, -2]]), np.array([True, False, True])
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 2.5, -2.5, 3.5])

#   primitive: (function, operands), ...
CASES = {
    "add": [(lax.add, X, Y), (lax.add, WHOLE, WHOLE)],
    "sub": [(lax.sub, X, Y)],
    "mul": [(lax.mul, X, Y)],
    "div": [(lax.div, X, Y), (lax.div, WHOLE, np.full_like(WHOLE, 2))],
    "rem": [(lax.rem, X, Y), (lax.rem, WHOLE, np.full_like(WHOLE, 3))],
    "pow": [(lax.pow, POSITIVE, Y)],
    "integer_pow": [(lambda x: x**3, X), (lambda x: x**-2, X)],
    "max": [(lax.max, X, Y)],
    "min": [(lax.min, X, Y)],
    "atan2": [(lax.atan2, X, Y)],
    "neg": [(lax.neg, X)],
    "abs": [(lax.abs, SPECIAL)],
    "sign": [(lax.sign, SPECIAL)],
    "floor": [(lax.floor, SPECIAL)],
    "ceil": [(lax.ceil, SPECIAL)],
    "round": [
        (lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), SPECIAL[:4]),
        (lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), SPECIAL),
    ],
    "is_finite": [(lax.is_finite, SPECIAL)],
    "exp": [(lax.exp, X)],
    "exp2": [(lax.exp2, X)],
    "log": [(lax.log, POSITIVE)],
    "log1p": [(lax.log1p, POSITIVE)],
    "expm1": [(lax.expm1, X)],
    "sin": [(lax.sin, X)],
    "cos": [(lax.cos, X)],
    "tan": [(lax.tan, X)],
    "asin": [(lax.asin, UNIT)],
    "acos": [(lax.acos, UNIT)],
    "atan": [(lax.atan, X)],
    "sinh": [(lax.sinh, X)],
    "cosh": [(lax.cosh, X)],
    "tanh": [(lax.tanh, X)],
    "asinh": [(lax.asinh, X)],
    "acosh": [(lax.acosh, POSITIVE + 1)],
    "atanh": [(lax.atanh, UNIT)],
    "logistic": [(lax.logistic, X)],
    "erf": [(lax.erf, X)],
    "erfc": [(lax.erfc, X)],
    "erf_inv": [(lax.erf_inv, UNIT)],
    "lgamma": [(lax.lgamma, POSITIVE)],
    "digamma": [(lax.digamma, POSITIVE)],
    "sqrt": [(lax.sqrt, POSITIVE)],
    "cbrt": [(lax.cbrt, X)],
    "rsqrt": [(lax.rsqrt, POSITIVE)],
    "square": [(lax.square, X)],
    "eq": [(lax.eq, WHOLE, WHOLE.copy())],
    "ne": [(lax.ne, X, Y)],
    "lt": [(lax.lt, X, Y)],
    "le": [(lax.le, X, Y)],
    "gt": [(lax.gt, X, Y)],
    "ge": [(lax.ge, X, Y)],
    "and": [(lax.bitwise_and, BITS, ~BITS), (lax.bitwise_and, WHOLE, WHOLE + 1)],
    "or": [(lax.bitwise_or, BITS, ~BITS)],
    "xor": [(lax.bitwise_xor, BITS, ~BITS)],
    "not": [(lax.bitwise_not, BITS)],
    "stop_gradient": [(lax.stop_gradient, X)],
    "reduce_precision": [(lambda x: lax.reduce_precision(x, 11, 52), X)],
    "select_n": [
        (lax.select, X > 0, X, Y),
        (lax.select_n, np.array([0, 2, 1]), *np.eye(3)),
    ],
    "clamp": [(lambda x: lax.clamp(-0.5, x, 0.5), X)],
    "convert_element_type": [
        (lambda x: x.astype(jnp.int32), 3 * X),
        (lambda x: x.astype(bool), WHOLE),
        (lambda x: x.astype(jnp.float64), BITS),
    ],
    "broadcast_in_dim": [(lambda x: lax.broadcast_in_dim(x, (2, 3, 4), (1, 2)), X)],
    "reshape": [
        (lambda x: lax.reshape(x, (4, 3)), X),
        (lambda x: lax.reshape(x, (4, 3), (1, 0)), X),
    ],
    "transpose": [(lambda x: lax.transpose(x, (1, 0)), X)],
    "squeeze": [(lambda x: lax.squeeze(x, (0,)), X[None])],
    "concatenate": [(lambda x, y: lax.concatenate([x, y], 1), X, Y)],
    "slice": [(lambda x: lax.slice(x, (0, 1), (3, 4), (2, 1)), X)],
    "dynamic_slice": [(lambda x, i: lax.dynamic_slice(x, (i, 5), (2, 2)), X, np.int64(1))],
    "dynamic_update_slice": [
        (lambda x, y, i: lax.dynamic_update_slice(x, y, (i, 9)), X, Y[:2, :2], np.int64(-4))
    ],
    "split": [(lambda x: lax.split(x, (1, 3), 1), X)],
    "unstack": [(lambda x: jnp.unstack(x, axis=1), X)],
    "pad": [(lambda x: lax.pad(x, 1.5, ((1, 2, 0), (0, 1, 0))), X)],
    "iota": [(lambda: lax.broadcasted_iota(jnp.int32, (2, 3), 1),)],
    "rev": [(lambda x: lax.rev(x, (0,)), X)],
    "reduce_sum": [(lambda x: jnp.sum(x, axis=0), X)],
    "reduce_prod": [(lambda x: jnp.prod(x, axis=1), X)],
    "reduce_max": [(lambda x: jnp.max(x, axis=0), X)],
    "reduce_min": [(lambda x: jnp.min(x, axis=(0, 1)), X)],
    "reduce_and": [(jnp.all, BITS)],
    "reduce_or": [(jnp.any, BITS)],
    "argmax": [(lambda x: lax.argmax(x, 1, jnp.int32), X)],
    "argmin": [(lambda x: lax.argmin(x, 0, jnp.int32), X)],
    "cumsum": [(lambda x: lax.cumsum(x, 1), X), (lambda x: lax.cumsum(x, 0, reverse=True), WHOLE)],
    "cumprod": [(lambda x: lax.cumprod(x, 0), X)],
    "cummax": [(lambda x: lax.cummax(x, 1), X)],
    "cummin": [(lambda x: lax.cummin(x, 1, reverse=True), X)],
    "dot_general": [
        (jnp.matmul, X, Y.T),
        (lambda x, y: jnp.einsum("bij,bkj->bik", x, y), X[:, None], Y[:, None]),
        (lambda x, y: jnp.einsum("ibj,jb->bi", x, y), X[:, :, None], Y[:1]),
    ],
    "sort": [(lambda x: lax.sort(x, dimension=0), X)],
}

#: Written by autodiff, by handgrad, or by versions of JAX that this one is not.
ELSEWHERE = {"add_any", "copy", "copy_p", "name", "one_minus_square", "optimization_barrier"}


def test_every_rule_has_a_case():
    assert set(CASES) | ELSEWHERE == set(RULES)


@pytest.mark.parametrize("primitive", CASES)
def test_as_on_jax(primitive):
    with with_float64():
        for function, *operands in CASES[primitive]:
            program, _ = trace(function, *map(jnp.asarray, operands))
            asked = [e for e in program.equations if e.primitive == primitive]
            assert asked, f"{primitive} does not occur in its case"
            for equation in asked:
                _compare(program, equation, operands)


def _compare(program, equation, operands):
    """Run up to an equation on JAX, then the equation both ways."""
    seen = dict(zip(program.inputs, map(jnp.asarray, operands), strict=True))
    seen.update({v: jnp.asarray(c) for v, c in program.constants.items()})
    for before in program.equations:
        contents = [seen[value] for value in before.inputs]
        results = before.function(*contents)
        if before is equation:
            found = apply(equation.primitive, equation.params, tuple(map(np.asarray, contents)))
            assert found is not None
            for value, right in zip(found, results, strict=True):
                assert np.asarray(value).dtype == right.dtype
                np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-14)
            return
        seen.update(zip(before.outputs, results, strict=True))


def test_what_is_not_in_the_table_runs_through_jax():
    program, _ = trace(lambda x: jnp.linalg.cholesky(x @ x.T + jnp.eye(3)), jnp.ones((3, 3)))
    (cholesky,) = [e for e in program.equations if e.primitive == "cholesky"]
    (found,) = step(cholesky, [np.eye(3, dtype=np.float32)])
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, np.eye(3))


def test_padding_that_numpy_has_not_runs_through_jax():
    program, _ = trace(lambda x: lax.pad(x, 0.0, ((-1, 0, 0), (0, 0, 1))), jnp.ones((3, 2)))
    (pad,) = [e for e in program.equations if e.primitive == "pad"]
    assert apply("pad", pad.params, (np.ones((3, 2)), np.zeros(()))) is None
    (found,) = step(pad, [np.ones((3, 2), np.float32), np.zeros((), np.float32)])
    assert found.tolist() == [[1, 0, 1]] * 2
