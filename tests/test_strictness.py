"""The tests are as strict as they claim: shapes checked, promotion an error, several devices."""

import os

import jax
import jax.numpy as jnp
import pytest
from jaxtyping import TypeCheckError


def test_a_wrong_shape_is_an_error() -> None:
    from functional_nn.dense import Dense, forward

    layer = Dense(jnp.ones((3, 2)), jnp.ones(2))
    with pytest.raises(TypeCheckError, match="'batch n_in'"):
        forward(layer, jnp.ones(3))


def test_shapes_must_fit_each_other() -> None:
    from manual_backprop.dense import gradients

    with pytest.raises(TypeCheckError, match="'batch n_out'"):
        gradients(jnp.ones((4, 3)), jnp.ones((5, 2)))


def test_ranks_are_not_promoted() -> None:
    with pytest.raises(ValueError, match="jax_numpy_rank_promotion='raise'"):
        jnp.ones((4, 3)) + jnp.ones(3)


def test_dtypes_are_not_promoted() -> None:
    with pytest.raises(ValueError, match="dtype promotion"):
        jnp.ones(3, jnp.float32) + jnp.ones(3, jnp.int32)


def test_there_are_several_devices() -> None:
    assert jax.device_count() == 4
    assert {device.platform for device in jax.devices()} == {"cpu"}


def test_float64_is_off_outside_the_comparison() -> None:
    assert jnp.asarray(1.0).dtype == jnp.float32
    assert "JAX_ENABLE_X64" not in os.environ


def test_pictures_need_no_window() -> None:
    import matplotlib as mpl

    assert mpl.get_backend().lower() == "agg"
