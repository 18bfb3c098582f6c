"""Each slope against autodiff, against numbers, at kinks, far out, and for its digits."""

from collections.abc import Callable
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import activations
from manual_backprop import slopes

DTYPES = ("float16", "bfloat16", "float32", "float64")
SMOOTH = sorted(set(activations) - {"step", "relu", "leaky_relu", "elu"})
#: Away from kinks and at them, as autodiff and a hand-derived slope both must manage.
Z = np.concatenate([np.linspace(-12, 12, 97), [-0.0, 1e-9, -1e-9, 40, -40, 300, -300]])


def test_every_activation_has_its_slope() -> None:
    assert list(slopes) == list(activations)
    assert all(name == slope.activation for name, slope in slopes.items())


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", slopes)
def test_agrees_with_autodiff(name: str) -> None:
    z = jnp.array(Z)
    autodiff = jax.vmap(jax.grad(activations[name]))(z)
    np.testing.assert_allclose(slopes[name](z), autodiff, rtol=1e-12, atol=3e-15)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", slopes)
def test_second_slopes_agree_with_autodiff(name: str) -> None:
    z = jnp.array(Z)
    twice = jax.vmap(jax.grad(jax.grad(activations[name])))(z)
    np.testing.assert_allclose(jax.vmap(jax.grad(slopes[name]))(z), twice, rtol=1e-9, atol=2e-14)


def richardson(g: Callable, z: np.ndarray) -> np.ndarray:
    """Central differences with steps h, h/2, h/4, extrapolated twice: error of order h^6."""
    h = 2.0**-5
    halves = [h, h / 2, h / 4]
    first = [np.asarray(g(jnp.array(z + s)) - g(jnp.array(z - s))) / (2 * s) for s in halves]
    second = [(4 * fine - coarse) / 3 for coarse, fine in pairwise(first)]
    return (16 * second[1] - second[0]) / 15


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", SMOOTH)
def test_agrees_with_numbers(name: str) -> None:
    """The witness that no rule of JAX's own can mislead: softplus brings one."""
    z = np.linspace(-8, 8, 65)
    numeric = richardson(activations[name], z)
    np.testing.assert_allclose(slopes[name](jnp.array(z)), numeric, rtol=0, atol=2e-9)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", slopes)
def test_the_formula_takes_what_it_says(name: str) -> None:
    z = jnp.array([-1.3, -0.2, 0.4, 2.0])
    slope = slopes[name]
    given = {"z": z, "u": activations[name](z)}[slope.kept]
    np.testing.assert_array_equal(slope.formula(given), slope(z))


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", slopes)
def test_finite_for_every_finite_input_and_of_its_dtype(name: str) -> None:
    compiled = jax.jit(slopes[name])
    for dtype in DTYPES:
        info = jnp.finfo(dtype)
        sizes = [0.0, float(info.tiny), float(info.eps), 1.0, 88.0, 104.0, 1e4, float(info.max)]
        z = jnp.array([sign * size for size in sizes for sign in (-1, 1)], dtype)
        g = compiled(z)
        assert g.dtype == jnp.dtype(dtype)
        assert np.isfinite(g.astype(float)).all(), (dtype, g)


#  name          slope at -1e4, 0, +1e4
POLICY = {
    "identity": (1, 1, 1),
    "step": (0, 0, 0),
    "sigmoid": (0, 0.25, 0),
    "tanh": (0, 1, 0),
    "relu": (0, 0, 1),
    "leaky_relu": (0.01, 0.01, 1),
    "softplus": (0, 0.5, 1),
    "elu": (0, 1, 1),
    "gelu": (0, 0.5, 1),
    "gelu_tanh": (0, 0.5, 1),
    "silu": (0, 0.5, 1),
}


@pytest.mark.parametrize("name", slopes)
def test_far_out_and_at_the_kink(name: str) -> None:
    z = jnp.array([-1e4, 0.0, 1e4])
    np.testing.assert_allclose(slopes[name](z), POLICY[name], rtol=1e-7)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", slopes)
def test_no_less_exact_in_float32_than_autodiff(name: str) -> None:
    z = np.linspace(-6, 6, 2001).astype(np.float32)
    truth = jax.vmap(jax.grad(activations[name]))(jnp.array(z, jnp.float64))
    hand = slopes[name](jnp.array(z)).astype(jnp.float64)
    autodiff = jax.vmap(jax.grad(activations[name]))(jnp.array(z)).astype(jnp.float64)
    error, yardstick = (float(jnp.abs(value - truth).max()) for value in (hand, autodiff))
    assert error <= 2 * yardstick + 2**-24, (error, yardstick)


@pytest.mark.usefixtures("x64")
def test_the_forms_were_chosen_for_their_digits() -> None:
    z = jnp.linspace(2, 5, 301, dtype=jnp.float32)
    autodiff, u = jax.vmap(jax.grad(jnp.tanh))(z), jnp.tanh(z)
    assert float(jnp.abs(slopes["tanh"](z) / autodiff - 1).max()) < 3e-7
    assert float(jnp.abs((1 - u * u) / autodiff - 1).max()) > 3e-5
    left = np.linspace(-30, -1, 301).astype(np.float32)
    truths = {"elu": np.exp(left.astype(float)), "softplus": 1 / (1 + np.exp(-left.astype(float)))}
    for name, truth in truths.items():  # autodiff of expm1 is expm1 + 1, which has lost them
        np.testing.assert_allclose(slopes[name](jnp.array(left)), truth, rtol=1e-6)
