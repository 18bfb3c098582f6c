"""Each loss by its definition, far out, and in its relations to the others."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import losses

DTYPES = ("float16", "bfloat16", "float32", "float64")
U = ((0.3, -1.2, 2.0), (-0.7, 0.4, 1.1))
PROBABILITIES = ((0.2, 0.5, 0.3), (1.0, 0.0, 0.0))
SIGNS = ((1.0, -1.0, 1.0), (-1.0, 1.0, 1.0))


def _binary(u: tuple[float, ...], t: tuple[float, ...]) -> float:
    p = [1 / (1 + math.exp(-a)) for a in u]
    pairs = zip(p, t, strict=True)
    return sum(-b * math.log(a) - (1 - b) * math.log(1 - a) for a, b in pairs)


def _softmax(u: tuple[float, ...], t: tuple[float, ...]) -> float:
    total = sum(math.exp(a) for a in u)
    return -sum(b * math.log(math.exp(a) / total) for a, b in zip(u, t, strict=True))


#  name: targets, loss of a row in plain Python from the definition
BY_HAND = {
    "half_squared_error": (
        PROBABILITIES,
        lambda u, t: sum((a - b) ** 2 for a, b in zip(u, t, strict=True)) / 2,
    ),
    "squared_error": (
        PROBABILITIES,
        lambda u, t: sum((a - b) ** 2 for a, b in zip(u, t, strict=True)),
    ),
    "binary_cross_entropy": (PROBABILITIES, _binary),
    "softmax_cross_entropy": (PROBABILITIES, _softmax),
    "hinge": (SIGNS, lambda u, t: sum(max(0, 1 - a * b) for a, b in zip(u, t, strict=True))),
}


def test_the_table_here_is_complete() -> None:
    assert losses.keys() == BY_HAND.keys()


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
def test_values(name: str) -> None:
    targets, by_hand = BY_HAND[name]
    wanted = [by_hand(u, t) for u, t in zip(U, targets, strict=True)]
    np.testing.assert_allclose(losses[name](jnp.array(U), jnp.array(targets)), wanted, rtol=1e-14)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", losses)
def test_a_row_each_in_the_dtype_given(name: str) -> None:
    for dtype in DTYPES:
        given = jax.ShapeDtypeStruct((4, 3), dtype)
        rows = jax.eval_shape(losses[name], given, given)
        assert (rows.shape, rows.dtype) == ((4,), dtype)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("name", ["binary_cross_entropy", "softmax_cross_entropy", "hinge"])
def test_far_logits_are_harmless(name: str) -> None:
    """Logits of ±1e4, probabilities of exactly 0 and 1: finite values and slopes."""
    value_and_slope = jax.jit(jax.value_and_grad(lambda u, t: losses[name](u, t).sum()))
    first, second = (1.0, -1.0) if name == "hinge" else (1.0, 0.0)
    for dtype in DTYPES:
        t = jnp.array([[first, second], [second, first]], dtype)
        for u in ([1e4, -1e4], [0.0, 0.0], [1e4, 1e4]):
            value, slope = value_and_slope(jnp.array([u, u], dtype), t)
            assert np.isfinite(np.asarray(value, float)), (dtype, u)
            assert np.isfinite(np.asarray(slope, float)).all(), (dtype, u)


def test_what_far_logits_cost() -> None:
    u = jnp.array([[1e4, -1e4], [-1e4, 1e4]])
    certain = jnp.array([[1.0, 0.0], [1.0, 0.0]])  # the first row right, the second wrong
    assert losses["binary_cross_entropy"](u, certain).tolist() == [0.0, 2e4]
    assert losses["softmax_cross_entropy"](u, certain).tolist() == [0.0, 2e4]


@pytest.mark.usefixtures("x64")
def test_two_classes_of_softmax_are_one_logit_of_binary() -> None:
    u, t = jnp.array([[0.7], [-2.0], [0.0]]), jnp.array([[1.0], [0.25], [0.0]])
    both = losses["softmax_cross_entropy"](
        jnp.concatenate([jnp.zeros_like(u), u], axis=1), jnp.concatenate([1 - t, t], axis=1)
    )
    np.testing.assert_allclose(both, losses["binary_cross_entropy"](u, t), rtol=1e-14)


@pytest.mark.usefixtures("x64")
def test_softmax_does_not_see_a_shift_of_all_logits() -> None:
    u, t = jnp.array(U), jnp.array(PROBABILITIES)
    loss = losses["softmax_cross_entropy"]
    np.testing.assert_allclose(loss(u + 1000, t), loss(u, t), rtol=1e-12)


@pytest.mark.usefixtures("x64")
def test_softmax_is_linear_in_the_class_weights() -> None:
    u, t = jnp.array(U), jnp.array(PROBABILITIES)
    loss = losses["softmax_cross_entropy"]
    np.testing.assert_allclose(loss(u, 3 * t), 3 * loss(u, t), rtol=1e-14)
    assert loss(u, 0 * t).tolist() == [0.0, 0.0]


def test_half_is_half() -> None:
    u, t = jnp.array(U), jnp.array(SIGNS)
    np.testing.assert_array_equal(
        2 * losses["half_squared_error"](u, t), losses["squared_error"](u, t)
    )


def test_hinge_is_flat_at_the_margin() -> None:
    t = jnp.array([[1.0], [-1.0]])
    assert losses["hinge"](t, t).tolist() == [0.0, 0.0]
    assert jax.grad(lambda u: losses["hinge"](u, t).sum())(t).tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("name", losses)
def test_nan_stays_nan(name: str) -> None:
    u = jnp.array([[jnp.nan, 1.0], [1.0, 1.0]])
    assert np.isnan(losses[name](u, jnp.ones((2, 2)))).tolist() == [True, False]
