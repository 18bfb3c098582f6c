"""Programs of training are compiled with options of XLA's, where it knows them."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import pytest

from compare.training import compiling


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An option that this XLA does not have."""
    monkeypatch.setattr(compiling, "WIDE", {"xla_cpu_prefer_no_such_thing": 512})
    known = compiling._is_known
    known.cache_clear()
    yield
    known.cache_clear()


def test_this_xla_has_the_option() -> None:
    compiling._is_known.cache_clear()
    assert compiling._is_known()


@pytest.mark.usefixtures("unknown")
def test_one_that_xla_does_not_have_is_left_out() -> None:
    assert not compiling._is_known()
    assert compiling.jitted(lambda x: x + 1)(jnp.int32(1)) == 2


@pytest.mark.usefixtures("unknown")
def test_options_reach_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_is_known", lambda: True)
    with pytest.raises(jax.errors.JaxRuntimeError, match="xla_cpu_prefer_no_such_thing"):
        compiling.jitted(lambda x: x + 1)(jnp.int32(1))


@pytest.mark.usefixtures("unknown")
def test_other_backends_are_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_is_known", lambda: True)
    monkeypatch.setattr(jax, "default_backend", lambda: "tpu")
    assert compiling.jitted(lambda x: x + 1)(jnp.int32(1)) == 2


def test_what_is_given_away_is_gone() -> None:
    x = jnp.arange(3.0)
    compiling.jitted(lambda x: x + 1, donate_argnums=0)(x)
    assert x.is_deleted()
