"""Left alone is what stands around a derivation: keys, callers, code that the loss runs too."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from compare import Report, check_gradient

KEYS = jax.random.split(jax.random.key(0), 2)
X, W = jax.random.normal(KEYS[0], (5, 4)), jax.random.normal(KEYS[1], (4, 3))


@pytest.mark.parametrize("key", [jax.random.key(3), jax.random.PRNGKey(3)], ids=["typed", "raw"])
def test_random_keys_among_the_arguments_are_no_numbers(key: jax.Array) -> None:
    def loss(W: jax.Array, key: jax.Array) -> jax.Array:
        return jnp.sum(W**2 * jax.random.normal(key, W.shape))

    def gradient(W: jax.Array, key: jax.Array) -> jax.Array:
        noise = jax.random.normal(key, W.shape)
        return W * noise

    report = check_gradient(loss, gradient, W, key)
    assert report.diagnosis is not None
    assert report.diagnosis.kind == "wrong-constant-factor"


def test_the_call_around_a_lambda_is_not_made_again() -> None:
    made = []

    def record(name: str, loss: Any, gradient: Any, x: jax.Array) -> Report:
        made.append(name)
        return check_gradient(loss, gradient, x)

    report = record("it", lambda x: jnp.sum(x**3), lambda x: 2 * x**2, jnp.ones(3))
    assert made == ["it"]
    assert report.diagnosis is not None
    assert report.diagnosis.edit == "`2 * x ** 2` -> `3 * x ** 2`"


def times(x: jax.Array, W: jax.Array) -> jax.Array:
    return x @ W


def test_code_that_the_loss_runs_too_is_not_edited() -> None:
    def loss(W: jax.Array) -> jax.Array:
        return jnp.mean(jnp.tanh(times(X, W)))

    def gradient(W: jax.Array) -> jax.Array:
        z = times(X, W)
        return X.T @ (1 - z * z) / z.size

    diagnosis = check_gradient(loss, gradient, W).diagnosis
    assert diagnosis is not None
    assert diagnosis.code != "return x @ W"
    assert not any("x @ W" in edit for edit in (diagnosis.edit, *diagnosis.alternatives))


def test_a_value_that_was_computed_and_never_used_was_meant() -> None:
    def loss(W: jax.Array) -> jax.Array:
        return jnp.mean(jnp.tanh(X @ W))

    def gradient(W: jax.Array) -> jax.Array:
        z = X @ W
        u = jnp.tanh(z)  # noqa: F841  the mistake: it is z that is squared below
        return X.T @ (1 - z * z) / z.size

    diagnosis = check_gradient(loss, gradient, W).diagnosis
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.edit) == ("wrong-saved-value", "`z * z` -> `u * u`")
