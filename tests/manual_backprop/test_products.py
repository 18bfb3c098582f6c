"""uᵀ δ in whichever order: the same numbers, and everything JAX does to a function."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from manual_backprop.products import in_turn, transposed_product

#   batch  n_in  n_out      how it is multiplied on a CPU
SHAPES = {
    "delta copied": (8, 30, 4),
    "u copied": (64, 128, 100),
    "as it stands": (8, 30, 20),
}


def drawn(name: str) -> tuple[jax.Array, jax.Array]:
    batch, n_in, n_out = SHAPES[name]
    keys = jax.random.split(jax.random.key(0))
    return jax.random.normal(keys[0], (batch, n_in)), jax.random.normal(keys[1], (batch, n_out))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_it_is_the_product(name: str, dtype: str) -> None:
    u, delta = (array.astype(dtype) for array in drawn(name))
    found = transposed_product(u, delta)
    wanted = np.asarray(u, np.float64).T @ np.asarray(delta, np.float64)
    assert found.dtype == dtype
    rounding = float(jnp.finfo(dtype).eps) * len(u)
    np.testing.assert_allclose(np.asarray(found, np.float64), wanted, rtol=0, atol=rounding * 4)


@pytest.mark.parametrize("name", SHAPES)
def test_vmap_jit_and_a_derivative_of_it(name: str) -> None:
    u, delta = drawn(name)
    plain = jax.vmap(lambda u, d: u.T @ d)(u[None], delta[None])
    found = jax.jit(jax.vmap(transposed_product))(u[None], delta[None])
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-4)

    def of(product: Callable) -> jax.Array:
        return jax.grad(lambda u: jnp.sum(product(u, delta) ** 2))(u)

    np.testing.assert_allclose(of(transposed_product), of(lambda u, d: u.T @ d), rtol=1e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_it_is_written_down_in_the_order_that_is_meant(name: str) -> None:
    """XLA must not fold the copies away again: the compiled product reads rows, not columns."""
    text = jax.jit(transposed_product).lower(*drawn(name)).compile().as_text()
    contracts_columns = "lhs_contracting_dims={0}" in text
    assert contracts_columns == (name == "as it stands")


def test_in_turn_changes_nothing() -> None:
    u, delta = drawn("delta copied")
    first, second = in_turn({"u": u}, delta)
    assert first["u"] is not None
    assert bool((first["u"] == u).all() & (second == delta).all())
