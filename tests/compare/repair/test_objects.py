"""Layers as objects that keep what the backward pass needs as attributes."""

import jax

from compare import check_gradient
from tests.compare.repair.derivation import module

SOURCE = """
import jax.numpy as jnp


class Sigmoid:
    def forward(self, z):
        self.out = 1 / (1 + jnp.exp(-z))
        return self.out

    def backward(self, delta):
        return delta * self.out * (1 - delta)


def loss(w, x):
    return jnp.sum(Sigmoid().forward(x @ w) ** 2)


def gradient(w, x):
    layer = Sigmoid()
    u = layer.forward(x @ w)
    return x.T @ layer.backward(2 * u)
"""


def test_an_attribute_is_brought_in(tmp_path):
    found = module(tmp_path, SOURCE)
    keys = jax.random.split(jax.random.key(0))
    inputs = jax.random.normal(keys[0], (4, 3)), jax.random.normal(keys[1], (5, 4))
    diagnosis = check_gradient(found.loss, found.gradient, *inputs).diagnosis
    assert diagnosis is not None
    assert diagnosis.edit == "`1 - delta` -> `1 - self.out`"
    assert diagnosis.code == "return delta * self.out * (1 - delta)"
