"""On a mesh with explicit axes every product says where its result lies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

from compare import check_gradient
from functional_nn import MLP, Dense
from manual_backprop import value_and_grad

NETWORK = MLP((6, 8, 12, 4), activations=("relu", "tanh"), l2=0.1)
CUT = {
    "columns, rows, columns": [P(None, "model"), P("model", None), P(None, "model")],
    "columns only": [P(None, "model")] * 3,
    "nothing": [P(None, None)] * 3,
}


@pytest.mark.parametrize("kind", [AxisType.Auto, AxisType.Explicit])
@pytest.mark.parametrize("cut", CUT)
def test_both_gradients_on_a_mesh(cut: str, kind: AxisType) -> None:
    params = NETWORK.init(jax.random.key(0))
    x, y = jax.random.normal(jax.random.key(1), (8, 6)), jnp.arange(8) % 4
    wanted = jax.value_and_grad(NETWORK.loss)(params, x, y)
    mesh = jax.make_mesh((2, 2), ("data", "model"), (kind,) * 2)
    with jax.set_mesh(mesh):
        layers = tuple(
            Dense(
                jax.device_put(layer.weight, NamedSharding(mesh, spec)),
                jax.device_put(layer.bias, NamedSharding(mesh, P(spec[1]))),
            )
            for layer, spec in zip(params, CUT[cut], strict=True)
        )
        rows = jax.device_put(x, NamedSharding(mesh, P("data", None)))
        labels = jax.device_put(y, NamedSharding(mesh, P("data")))
        for engine in (value_and_grad(NETWORK), jax.value_and_grad(NETWORK.loss)):
            loss, grads = jax.jit(engine)(layers, rows, labels)
            np.testing.assert_allclose(loss, wanted[0], rtol=1e-6)
            for got, want in zip(*map(jax.tree.leaves, (grads, wanted[1])), strict=True):
                np.testing.assert_allclose(got, want, rtol=0, atol=1e-6)
            for got, layer in zip(grads, layers, strict=True):
                if kind is AxisType.Explicit:
                    assert got.weight.sharding.spec == layer.weight.sharding.spec


def test_sharded_arguments_are_compared() -> None:
    params = NETWORK.init(jax.random.key(0))
    mesh = jax.make_mesh((4,), ("data",), (AxisType.Auto,))
    x = jax.device_put(
        jax.random.normal(jax.random.key(1), (8, 6)), NamedSharding(mesh, P("data", None))
    )
    y = jnp.arange(8) % 4
    assert check_gradient(NETWORK.loss, value_and_grad(NETWORK), params, x, y, vary=False).agrees

    def doubled(params: tuple, x: jax.Array, y: jax.Array) -> tuple:
        grads = value_and_grad(NETWORK)(params, x, y)[1]
        return jax.tree.map(lambda g: 2 * g, grads)

    report = check_gradient(NETWORK.loss, doubled, params, x, y, vary=False, explain=False)
    assert len(report.wrong) == 6
