"""Networks as graphs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, activations, losses
from functional_nn.graph import from_mlp, mlp_inputs, parameter_names, params_of, values

x = jax.random.normal(jax.random.key(1), (5, 3))


@pytest.mark.parametrize("loss", losses)
def test_the_loss_is_the_network_s(loss: str) -> None:
    mlp = MLP((3, 4, 2), activations="tanh", loss=loss, l2=0.1)
    params = mlp.init(jax.random.key(0))
    y = jnp.array([0, 1, 1, 0, 1])
    found = values(from_mlp(mlp), mlp_inputs(mlp, params, x, y))
    np.testing.assert_allclose(found["J"], mlp.loss(params, x, y), rtol=1e-6)
    np.testing.assert_allclose(found["u2"], mlp.apply(params, x), rtol=1e-6)


@pytest.mark.parametrize("activation", activations)
def test_every_activation(activation: str) -> None:
    mlp = MLP((3, 4, 4, 1), activations=("tanh", activation), output=activation, loss="hinge")
    params = mlp.init(jax.random.key(0))
    y = jnp.array([1, -1, 1, 1, -1])
    found = values(from_mlp(mlp), mlp_inputs(mlp, params, x, y))
    np.testing.assert_allclose(found["J"], mlp.loss(params, x, y), rtol=1e-6)


def test_the_equations() -> None:
    graph = from_mlp(MLP((3, 4, 2), activations="relu"))
    assert str(graph).splitlines() == [
        "J(x, W1, b1, W2, b2, t) -> J",
        "  uW1 = x @ W1",
        "  z1 = uW1 + b1",
        "  u1 = relu(z1)",
        "  uW2 = u1 @ W2",
        "  z2 = uW2 + b2",
        "  u2 = identity(z2)",
        "  rows = softmax_cross_entropy(u2, t)",
        "  J = mean(rows)",
    ]


def test_parameters_by_name_and_back() -> None:
    mlp = MLP((3, 4, 2))
    params = mlp.init(jax.random.key(0))
    named = mlp_inputs(mlp, params, x, jnp.array([0, 1, 1, 0, 1]))
    assert tuple(named) == from_mlp(mlp).inputs
    assert parameter_names(mlp) == ("W1", "b1", "W2", "b2")
    assert jax.tree.all(jax.tree.map(jnp.array_equal, params_of(mlp, named), params))


def test_what_does_not_fit_is_refused_as_the_network_does() -> None:
    mlp = MLP((3, 4, 2))
    params = mlp.init(jax.random.key(0))
    with pytest.raises(ValueError, match="label 7 in row 1 is out of range"):
        mlp_inputs(mlp, params, x[:2], jnp.array([0, 7]))
    with pytest.raises(ValueError, match="x has shape"):
        mlp_inputs(mlp, params, x[:, :2], jnp.array([0, 1, 1, 0, 1]))
