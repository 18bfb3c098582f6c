"""Each activation at special points, at the ends of every dtype, and at its kink."""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import activations

DTYPES = ("float16", "bfloat16", "float32", "float64")

# Plain Python, from the definitions.
BY_HAND: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "step": lambda z: 1.0 if z >= 0 else 0.0,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "softplus": lambda z: math.log1p(math.exp(z)),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "gelu": lambda z: z / 2 * math.erfc(-z / math.sqrt(2)),
    "gelu_tanh": lambda z: z / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + math.exp(-z)),
}
POINTS = (-20.0, -3.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 3.0, 20.0)

#  name           at -1e4   at +1e4 (None: z itself)
LIMITS = {
    "identity": (None, None),
    "step": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, None),
    "leaky_relu": (-100.0, None),
    "softplus": (0.0, None),
    "elu": (-1.0, None),
    "gelu": (0.0, None),
    "gelu_tanh": (0.0, None),
    "silu": (0.0, None),
}

#  name          slope at 0, slope of the slope at 0: of the piece on the left at a kink
AT_ZERO = {
    "identity": (1.0, 0.0),
    "step": (0.0, 0.0),
    "sigmoid": (0.25, 0.0),
    "tanh": (1.0, 0.0),
    "relu": (0.0, 0.0),
    "leaky_relu": (0.01, 0.0),
    "softplus": (0.5, 0.25),
    "elu": (1.0, 1.0),
    "gelu": (0.5, math.sqrt(2 / math.pi)),
    "gelu_tanh": (0.5, math.sqrt(2 / math.pi)),
    "silu": (0.5, 0.5),
}


def test_the_tables_here_are_complete() -> None:
    assert activations.keys() == BY_HAND.keys() == LIMITS.keys() == AT_ZERO.keys()


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", activations)
def test_values(name: str) -> None:
    z = jnp.array(POINTS)
    wanted = [BY_HAND[name](point) for point in POINTS]
    np.testing.assert_allclose(activations[name](z), wanted, rtol=2e-13, atol=1e-15)


@pytest.mark.parametrize("name", activations)
def test_keeps_shape_and_dtype(name: str) -> None:
    with jax.enable_x64(True):
        for dtype in DTYPES:
            for shape in [(), (3,), (2, 3), (0, 3)]:
                u = jax.eval_shape(activations[name], jax.ShapeDtypeStruct(shape, dtype))
                assert (u.shape, u.dtype) == (shape, dtype)


@pytest.mark.parametrize("name", activations)
def test_limits(name: str) -> None:
    for z, wanted in zip((-1e4, 1e4), LIMITS[name], strict=True):
        np.testing.assert_allclose(
            activations[name](jnp.float32(z)), wanted or z * (wanted is None)
        )


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", activations)
def test_finite_with_finite_slopes_for_every_finite_input(name: str) -> None:
    g = activations[name]
    once, twice = jax.vmap(jax.grad(g)), jax.vmap(jax.grad(jax.grad(g)))
    everything = jax.jit(lambda z: (g(z), once(z), twice(jnp.clip(z, -1e4, 1e4))))
    for dtype in DTYPES:
        info = jnp.finfo(dtype)
        sizes = [0.0, float(info.tiny), float(info.eps), 1.0, 88.0, 104.0, 1e4, float(info.max)]
        z = jnp.array([sign * size for size in sizes for sign in (-1, 1)], dtype)
        for values in everything(z):
            assert np.isfinite(values.astype(float)).all(), (dtype, values)


@pytest.mark.parametrize("name", activations)
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(activations[name](jnp.array([jnp.nan, 1.0]))).tolist() == [True, False]


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", activations)
def test_slopes_at_zero_are_those_of_the_left_piece(name: str) -> None:
    g = activations[name]
    for zero in (0.0, -0.0):
        slopes = (jax.grad(g)(zero), jax.grad(jax.grad(g))(zero))
        np.testing.assert_allclose(slopes, AT_ZERO[name], rtol=1e-14, atol=1e-16)


@pytest.mark.usefixtures("x64")
def test_softplus_rule_of_jax_agrees_with_numbers() -> None:
    """``jnp.logaddexp`` brings its own derivative, so autodiff alone is no witness here."""
    z = np.linspace(-30, 30, 61)
    sigmoid, rest = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))
    once, twice = jax.grad(activations["softplus"]), jax.grad(jax.grad(activations["softplus"]))
    np.testing.assert_allclose(jax.vmap(once)(z), sigmoid, rtol=1e-13)
    np.testing.assert_allclose(jax.vmap(twice)(z), sigmoid * rest, rtol=1e-9, atol=1e-14)
    step = 1e-3
    softplus = np.log1p(np.exp(np.add.outer(z, step * np.array([-2, -1, 1, 2]))))
    numeric = softplus @ np.array([1, -8, 8, -1]) / (12 * step)
    np.testing.assert_allclose(jax.vmap(once)(z), numeric, rtol=1e-9, atol=1e-11)


@pytest.mark.usefixtures("x64")
def test_left_tails_keep_their_digits() -> None:
    for name in ("softplus", "gelu", "silu"):
        for z in (-30.0, -10.0):
            np.testing.assert_allclose(
                activations[name](jnp.array(z)), BY_HAND[name](z), rtol=1e-12
            )


def test_the_tanh_form_of_gelu_is_near_it() -> None:
    z = jnp.linspace(-12, 12, 4801)
    difference = jnp.abs(activations["gelu"](z) - activations["gelu_tanh"](z)).max()
    assert 1e-4 < difference < 5e-4
