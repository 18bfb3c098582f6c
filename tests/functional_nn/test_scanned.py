"""A scanned network is the same network: same numbers, one program at any depth."""

import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, Stack, initializers, scanned, stack, unscanned, unstack
from functional_nn.stacked import segments_of

SIZES = (5, 4, 4, 4, 4, 4, 3)


def equal(one: Any, other: Any) -> bool:
    same = jax.tree.map(lambda a, b: a.dtype == b.dtype and bool((a == b).all()), one, other)
    return all(jax.tree.leaves(same))


@pytest.mark.parametrize("initializer", initializers)
def test_it_begins_with_the_same_parameters(initializer: str) -> None:
    mlp, key = MLP(SIZES, initializer=initializer), jax.random.key(3)
    assert equal(unstack(scanned(mlp).init(key)), mlp.init(key))
    assert equal(scanned(mlp).init(key, jnp.bfloat16), stack(mlp.init(key, jnp.bfloat16)))


def test_a_stack_and_back() -> None:
    params = MLP(SIZES).init(jax.random.key(0))
    stacked = stack(params)
    assert isinstance(stacked, Stack)
    assert [leaf.shape for leaf in stacked.hidden] == [(4, 4, 4), (4, 4)]
    assert equal(unstack(stacked), params)
    assert unstack(params) is params


@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("depth", [3, 4, 9, 13])
def test_it_computes_the_same(depth: int, recompute: bool) -> None:
    mlp = MLP((5, *[4] * (depth - 1), 3), "gelu", "tanh", "squared_error", l2=0.1)
    network = scanned(mlp, recompute=recompute)
    with jax.enable_x64(True):
        params = mlp.init(jax.random.key(0), jnp.float64)
        x = jax.random.normal(jax.random.key(1), (6, 5), jnp.float64)
        y = jax.random.normal(jax.random.key(2), (6, 3), jnp.float64)
        weights = jnp.arange(1.0, 7.0)
        np.testing.assert_allclose(
            network.apply(stack(params), x), mlp.apply(params, x), rtol=1e-13, atol=1e-15
        )
        loss = mlp.loss(params, x, y, weights)
        assert abs(network.loss(stack(params), x, y, weights) - loss) <= 1e-14 * abs(loss)
        narrow = network.apply(stack(params), x, precision="highest", compute=jnp.bfloat16)
        assert narrow.dtype == jnp.float64
        assert 0 < jnp.abs(narrow - mlp.apply(params, x)).max() < 0.1


def test_it_predicts_the_same() -> None:
    mlp = MLP(SIZES, "tanh")
    params, x = mlp.init(jax.random.key(0)), jax.random.normal(jax.random.key(1), (20, 5))
    assert equal(scanned(mlp).predict(stack(params), x), mlp.predict(params, x))


def test_segments_cover_every_layer() -> None:
    for layers in range(1, 600):
        length, number, rest = segments_of(layers)
        assert length * number + rest == layers
        assert 0 <= rest < length
        assert length + number <= 2.5 * layers**0.5 + 1


def test_it_is_described_like_its_network() -> None:
    mlp = MLP(SIZES, "tanh", l2=0.5)
    network = scanned(mlp, recompute=True)
    assert unscanned(network) == mlp != network
    assert unscanned(mlp) is mlp
    assert network == scanned(mlp, recompute=True) != scanned(mlp)
    assert hash(network) != hash(scanned(mlp))
    changed = network.replace(l2=0.0)
    assert changed == scanned(mlp.replace(l2=0.0), recompute=True)
    assert eval(repr(network), {"MLP": MLP, "scanned": scanned}) == network


@pytest.mark.parametrize(
    ("mlp", "said"),
    [
        (MLP((5, 4, 3)), "of sizes [4] cannot be scanned; wanted at least two, all of one size"),
        (
            MLP((5, 4, 6, 3)),
            "of sizes [4, 6] cannot be scanned; wanted at least two, all of one size",
        ),
        (
            MLP((5, 4, 4, 3), ("tanh", "relu")),
            "with the activations tanh, relu cannot be scanned; wanted one for all of them",
        ),
    ],
    ids=["too few", "sizes", "activations"],
)
def test_what_cannot_be_scanned(mlp: MLP, said: str) -> None:
    with pytest.raises(ValueError, match=f"^hidden layers {re.escape(said)}$"):
        scanned(mlp)


def test_parameters_that_are_not_stacked_or_do_not_fit() -> None:
    mlp = MLP(SIZES)
    params, x = mlp.init(jax.random.key(0)), jnp.ones((2, 5))
    message = "params are a tuple of 6; a scanned network takes a Stack: stack(params)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scanned(mlp).apply(params, x)
    with pytest.raises(ValueError, match=r"^params are stacked in the shapes .* 6 layers, from 5"):
        scanned(mlp).apply(stack(params[:3] + params[-1:]), x)
