"""Each output delta against autodiff of its loss, with the mean over rows and row weights."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import losses
from manual_backprop import output_deltas

DTYPES = ("float16", "bfloat16", "float32", "float64")


def problem(name: str, batch: int = 5, n_out: int = 3) -> tuple[jax.Array, jax.Array]:
    u, t = jax.random.normal(jax.random.key(0), (2, batch, n_out))
    match name:
        case "softmax_cross_entropy":
            t = jnp.exp(t)  # class weights: no row sums to 1
        case "binary_cross_entropy":
            t = jax.nn.sigmoid(t)
        case "hinge":
            t = jnp.where(t > 0, 1.0, -1.0)
    return 2 * u, t


def objective(name: str, u: jax.Array, t: jax.Array, shares: jax.Array | None) -> jax.Array:
    rows = losses[name](u, t)
    return jnp.mean(rows) if shares is None else jnp.sum(shares * rows)


def test_every_loss_has_its_output_delta() -> None:
    assert list(output_deltas) == list(losses)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
@pytest.mark.parametrize(("batch", "n_out"), [(5, 3), (4, 4), (1, 3), (5, 1)])
def test_agrees_with_autodiff(name: str, batch: int, n_out: int) -> None:
    u, t = problem(name, batch, n_out)
    autodiff = jax.jit(jax.grad(objective, argnums=1), static_argnums=0)
    for shares in (None, jnp.linspace(0, 1, batch) / batch):
        hand = jax.jit(output_deltas[name])(u, t, shares)
        np.testing.assert_allclose(hand, autodiff(name, u, t, shares), rtol=1e-13, atol=1e-16)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
def test_agrees_with_numbers(name: str) -> None:
    """Binary cross-entropy goes through a rule of JAX's own, so numbers speak as well."""
    u, t = problem(name)
    hand, h = output_deltas[name](u, t, None), 1e-4
    value = jax.jit(lambda u: objective(name, u, t, None))
    for n, o in np.ndindex(u.shape):
        up, down = (value(u.at[n, o].add(step)) for step in (h, -h))
        np.testing.assert_allclose(hand[n, o], (up - down) / (2 * h), rtol=0, atol=1e-8)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
def test_second_order_agrees_at_zero_logits_and_elsewhere(name: str) -> None:
    u, t = problem(name)
    along = jnp.sin(jnp.arange(u.size, dtype=u.dtype)).reshape(u.shape)

    @jax.jit
    def second_order(logits: jax.Array) -> tuple[jax.Array, jax.Array]:
        autodiff = jax.grad(lambda v: objective(name, v, t, None))
        hand = partial(output_deltas[name], t=t, shares=None)
        return tuple(jax.jvp(first, (logits,), (along,))[1] for first in (hand, autodiff))

    for logits in (u, jnp.zeros_like(u)):
        hand, wanted = second_order(logits)
        np.testing.assert_allclose(hand, wanted, rtol=1e-12, atol=1e-16)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
def test_far_logits_are_harmless_in_every_dtype(name: str) -> None:
    compiled = jax.jit(output_deltas[name])
    for dtype in DTYPES:
        u = jnp.array([[1e4, -1e4], [-1e4, 1e4], [0.0, 0.0], [1e4, 1e4]], dtype)
        off = -1.0 if name == "hinge" else 0.0
        delta = compiled(u, jnp.array([[1.0, off]] * 4, dtype))
        assert delta.dtype == jnp.dtype(dtype)
        assert np.isfinite(delta.astype(float)).all(), (dtype, delta)


def test_certain_and_right_means_no_gradient() -> None:
    u = jnp.array([[1e4, -1e4]])
    right, wrong = jnp.array([[1.0, 0.0]]), jnp.array([[0.0, 1.0]])
    for name in ("binary_cross_entropy", "softmax_cross_entropy"):
        assert output_deltas[name](u, right, None).tolist() == [[0.0, 0.0]]
        assert output_deltas[name](u, wrong, None).tolist() == [[1.0, -1.0]]


def test_hinge_has_the_slope_of_the_flat_side_at_the_margin() -> None:
    t = jnp.array([[1.0, -1.0]])
    assert not output_deltas["hinge"](t, t, None).any()
    assert output_deltas["hinge"](0.9 * t, t, None).tolist() == (-t).tolist()


def test_the_mean_over_rows_is_here() -> None:
    u, t = problem("squared_error", batch=4)
    each = output_deltas["squared_error"](u, t, jnp.ones(4))
    np.testing.assert_allclose(output_deltas["squared_error"](u, t, None), each / 4, rtol=1e-6)


@pytest.mark.parametrize("name", losses)
def test_nan_stays_nan(name: str) -> None:
    u = jnp.array([[jnp.nan], [1.0]])
    t = jnp.ones((2, 1))
    autodiff = jax.grad(objective, argnums=1)(name, u, t, None)
    delta = output_deltas[name](u, t, None)
    if name == "hinge":  # a step function of u: the loss is nan, its slope is not
        np.testing.assert_array_equal(delta, autodiff)
    else:
        assert np.isnan(delta[:, 0]).tolist() == [True, False]
