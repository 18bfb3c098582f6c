"""Forward mode through a network, against ``jax.jvp``."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn import MLP, activations, losses
from functional_nn.dense import Params
from manual_backprop import value_and_grad
from manual_backprop.tangents import loss_and_tangent, push

pytestmark = pytest.mark.usefixtures("x64")


def problem(mlp: MLP) -> tuple[Params, jax.Array, jax.Array, Params, jax.Array]:
    """Return parameters, rows, targets, and a direction of the first two."""
    keys = jax.random.split(jax.random.key(0), 5)
    params = jax.jit(mlp.init, static_argnums=1)(keys[0], jnp.float64)
    params = jax.tree.map(lambda a: a + 0.1, params)  # no bias is 0
    leaves, tree = jax.tree.flatten(params)
    dots = [np.sin(1.0 + np.arange(a.size)).reshape(a.shape) for a in leaves]
    x, x_dot = jax.random.normal(keys[1], (2, 5, mlp.sizes[0]), jnp.float64)
    y = jnp.array([0, 1, 1, 0, 1])
    return params, x, y, jax.tree.unflatten(tree, dots), x_dot


def agree(hand: Any, wanted: Any) -> None:
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14), hand, wanted
    )


@pytest.mark.parametrize("activation", activations)
def test_outputs_along_parameters_and_rows(activation: str) -> None:
    mlp = MLP((3, 4, 2), activations=activation)
    params, x, _, params_dot, x_dot = problem(mlp)

    @jax.jit
    def both(at: Any, dots: Any) -> Any:
        pushed = push(mlp, *at, params_dot=dots[0], x_dot=dots[1])
        return pushed, jax.jvp(mlp.apply, at, dots)

    pushed, wanted = both((params, x), (params_dot, x_dot))
    agree(pushed[:2], wanted)
    assert list(pushed.named) == ["z1", "z2"]


def test_one_direction_alone() -> None:
    mlp = MLP((3, 4, 2), activations="tanh")
    params, x, _, params_dot, x_dot = problem(mlp)
    along_x = push(mlp, params, x, x_dot=x_dot)
    agree(along_x.tangent, jax.jvp(lambda x: mlp.apply(params, x), (x,), (x_dot,))[1])
    along_params = push(mlp, params, x, params_dot=params_dot)
    both = push(mlp, params, x, params_dot=params_dot, x_dot=x_dot)
    agree(along_x.tangent + along_params.tangent, both.tangent)  # a tangent is linear


@pytest.mark.parametrize("loss", losses)
def test_the_loss(loss: str) -> None:
    mlp = MLP((3, 4, 2), activations="tanh", loss=loss, l2=0.3)
    params, x, y, params_dot, x_dot = problem(mlp)

    @jax.jit
    def both(at: Any, dots: Any) -> Any:
        hand = loss_and_tangent(mlp)(*at, y, *dots)
        return hand, jax.jvp(lambda p, x: mlp.loss(p, x, y), at, dots)

    agree(*both((params, x), (params_dot, x_dot)))


def test_row_weights() -> None:
    mlp = MLP((3, 4, 2), activations="tanh", l2=0.3)
    params, x, y, params_dot, _ = problem(mlp)
    weights = jnp.arange(5.0)
    hand = loss_and_tangent(mlp)(params, x, y, params_dot, weights=weights)
    agree(hand, jax.jvp(lambda p: mlp.loss(p, x, y, weights), (params,), (params_dot,)))


def test_one_sweep_gives_one_number_of_the_gradient() -> None:
    """J̇ = ∇J · direction, ∇J being what backpropagation gives in one sweep of its own."""
    mlp = MLP((3, 4, 2), activations="gelu", l2=0.3)
    params, x, y, params_dot, _ = problem(mlp)
    loss, gradient = value_and_grad(mlp)(params, x, y)
    along = sum(
        jnp.sum(g * d) for g, d in zip(*map(jax.tree.leaves, (gradient, params_dot)), strict=True)
    )
    agree(jax.jit(loss_and_tangent(mlp))(params, x, y, params_dot), (loss, along))


def test_a_direction_has_to_fit() -> None:
    mlp = MLP((3, 4, 2))
    params, x, _, params_dot, x_dot = problem(mlp)
    with pytest.raises(ValueError, match="no direction: give params_dot=, x_dot=, or both"):
        push(mlp, params, x)
    with pytest.raises(ValueError, match=r"x_dot has shape \[4, 3\], x has \[5, 3\]"):
        push(mlp, params, x, x_dot=x_dot[:4])
    with pytest.raises(ValueError, match="params hold weights of shapes"):
        push(mlp, params, x, params_dot=params_dot[:1])
