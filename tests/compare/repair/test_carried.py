"""What a loop carries on and nobody read: an edit that reads it changes every later run."""

import jax

from compare import check_gradient
from tests.compare.repair.derivation import module

SOURCE = """
import jax.numpy as jnp


def forward(a, xs):
    c, cache = jnp.zeros(3), []
    for x in xs:
        before, c = c, a * c + x
        cache.append((before, jnp.tanh(c)))
    return cache


def loss(a, xs):
    return sum(jnp.sum(u) for _, u in forward(a, xs))


def gradient(a, xs):
    da = dc = jnp.zeros(3)
    for before, u in reversed(forward(a, xs)):
        dc = 1 - u**2
        da = da + dc * before
        dc = dc * a
    return da
"""


def test_what_was_carried_on_is_added(tmp_path):
    found = module(tmp_path, SOURCE)
    keys = jax.random.split(jax.random.key(0))
    inputs = jax.random.normal(keys[0], (3,)), jax.random.normal(keys[1], (5, 3))
    diagnosis = check_gradient(found.loss, found.gradient, *inputs).diagnosis
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.code) == ("missing-term", "dc = 1 - u**2")
    assert diagnosis.edit == "`1 - u ** 2` -> `dc + (1 - u ** 2)`"
