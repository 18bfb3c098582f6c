"""A step is a gradient and an update, whatever the optimizer asks for."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training.step import Plan, initial_state, make_step
from functional_nn import MLP

X, Y = jnp.linspace(-1, 1, 30).reshape(6, 5), jnp.array([0, 1, 2, 2, 1, 0])


def walked(mlp: MLP, optimizer: optax.GradientTransformation, steps: int = 30, **more) -> list:
    plan = Plan(mlp, optimizer=optimizer, batch_size=6, **{"gradient": "manual", **more})
    state, losses = initial_state(plan, mlp.init(jax.random.key(0))), []
    step = jax.jit(make_step(plan))
    for _ in range(steps):
        state, loss, *_ = step(state, X, Y)
        losses.append(float(loss))
    return [state, losses]


def test_plain_descent_by_the_book(mlp: MLP) -> None:
    (params, *_), _ = walked(mlp, optax.sgd(0.25), steps=1)
    before = mlp.init(jax.random.key(0))
    gradient = jax.grad(mlp.loss)(before, X, Y)
    for new, old, slope in zip(*map(jax.tree.leaves, (params, before, gradient)), strict=True):
        assert jnp.allclose(new, old - 0.25 * slope, atol=1e-6)


ASKING = [
    pytest.param(
        lambda: optax.chain(
            optax.adam(0.01), optax.contrib.reduce_on_plateau(patience=2, cooldown=0)
        ),
        id="plateau: the loss",
    ),
    pytest.param(optax.lbfgs, id="line search: the loss as a function"),
    pytest.param(lambda: optax.polyak_sgd(max_learning_rate=1.0), id="polyak: the loss"),
    pytest.param(
        lambda: optax.MultiSteps(optax.sgd(0.5), 3).gradient_transformation(), id="gathered"
    ),
    pytest.param(
        lambda: optax.noisy_sgd(0.1, key=jax.random.key(3)), id="with a random key in its state"
    ),
    pytest.param(
        lambda: optax.inject_hyperparams(optax.sgd)(learning_rate=0.3), id="a rate in its state"
    ),
    pytest.param(lambda: optax.sgd(optax.linear_schedule(0.5, 0.1, 30)), id="scheduled"),
    pytest.param(
        lambda: optax.partition(
            {"weight": optax.adam(0.01), "bias": optax.set_to_zero()},
            lambda params: jax.tree_util.tree_map_with_path(lambda p, _: p[-1].name, params),
        ),
        id="by leaf",
    ),
]


@pytest.mark.parametrize("make", ASKING)
def test_optimizers_that_ask_for_more(make: Callable, mlp: MLP) -> None:
    _, losses = walked(mlp, make())
    assert losses[-1] < losses[0]


def test_an_optimizer_that_widens_its_state_is_kept_narrow(mlp: MLP) -> None:
    widening = optax.GradientTransformation(
        lambda params: jax.tree.map(lambda leaf: jnp.zeros_like(leaf, jnp.bfloat16), params),
        lambda updates, state, params: (jax.tree.map(lambda g: -0.1 * g, updates), updates),
    )
    (_, memory, _), _ = walked(mlp, widening, steps=2)
    assert {leaf.dtype for leaf in jax.tree.leaves(memory)} == {jnp.dtype(jnp.bfloat16)}


def test_the_first_state_shares_no_buffer(mlp: MLP) -> None:
    """A donated buffer must have one owner; some optimizers begin with the parameters."""
    params = mlp.init(jax.random.key(0))
    plan = Plan(mlp, "manual", optax.contrib.schedule_free_sgd(0.1), 6)
    state = initial_state(plan, params)
    buffers = [leaf.unsafe_buffer_pointer() for leaf in jax.tree.leaves((state, params))]
    assert len(set(buffers)) == len(buffers)


def test_precision_reaches_every_product(mlp: MLP) -> None:
    plan = Plan(mlp, "manual", optax.sgd(0.1), 6, precision="highest")
    traced = jax.make_jaxpr(make_step(plan))(initial_state(plan, mlp.init(jax.random.key(0))), X, Y)
    found = [e.params["precision"] for e in traced.jaxpr.eqns if e.primitive.name == "dot_general"]
    assert len(found) == 5
    assert set(found) == {(jax.lax.Precision.HIGHEST,) * 2}


def test_step_is_what_numpy_says_for_adam(mlp: MLP) -> None:
    (params, *_), _ = walked(mlp, optax.adam(0.1), steps=1)
    before = mlp.init(jax.random.key(0))
    for new, old in zip(jax.tree.leaves(params), jax.tree.leaves(before), strict=True):
        assert np.allclose(np.abs(new - old), 0.1, atol=1e-4), "the first step of adam is its rate"
