"""Names, callables, and what a callable may return."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import pytest

from compare.training.gradients import engines, gradient_name, value_and_gradient
from functional_nn import MLP

X, Y = jnp.linspace(-1, 1, 20).reshape(4, 5), jnp.array([0, 1, 2, 2])


def test_engines_agree(mlp: MLP) -> None:
    params = mlp.init(jax.random.key(0))
    found = [value_and_gradient(mlp, name)(params, X, Y) for name in engines]
    for one, other in zip(*map(jax.tree.leaves, found), strict=True):
        assert jnp.allclose(one, other, rtol=1e-5, atol=1e-7)


def test_an_unknown_name_is_answered_with_the_nearest(refuses: Callable) -> None:
    message = "unknown gradient 'manuel'; did you mean 'manual'? known: autodiff, manual"
    with refuses(ValueError, message):
        gradient_name("manuel")


def test_names_of_callables() -> None:
    def mine(params, x, y): ...

    assert gradient_name(mine) == "mine"
    assert gradient_name(partial(mine)) == "partial"


def returning(mlp: MLP, change: Callable) -> Callable:
    def mine(params, x, y):
        return change(*jax.value_and_grad(mlp.loss)(params, x, y))

    return value_and_gradient(mlp, mine)


CASES = [
    pytest.param(
        lambda loss, grads: loss,
        "gradient returned ArrayImpl; "
        "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns.",
        id="the loss alone",
    ),
    pytest.param(
        lambda loss, grads: grads,
        "gradient returned a Dense for a loss; "
        "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns.",
        id="the gradients alone, of two layers",
    ),
    pytest.param(
        lambda loss, grads: (loss, grads, {}),
        "gradient returned a tuple of 3; "
        "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns.",
        id="three",
    ),
    pytest.param(
        lambda loss, grads: (loss * jnp.ones(4), grads),
        "gradient returned a loss of shape [4]; "
        "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns.",
        id="loss of each row",
    ),
    pytest.param(
        lambda loss, grads: (loss, (grads[0]._replace(weight=grads[0].weight.T), grads[1])),
        "gradient returned float32 [7, 5] for params[0].weight; "
        "wanted float32 [5, 7], as the parameter has.",
        id="transposed",
    ),
    pytest.param(
        lambda loss, grads: (loss, jax.tree.map(lambda g: g.astype(jnp.bfloat16), grads)),
        "gradient returned bfloat16 [5, 7] for params[0].weight; "
        "wanted float32 [5, 7], as the parameter has.",
        id="another dtype",
    ),
]


@pytest.mark.parametrize(("change", "message"), CASES)
def test_a_wrong_form_is_refused(
    change: Callable, message: str, mlp: MLP, refuses: Callable
) -> None:
    with refuses(TypeError, message):
        returning(mlp, change)(mlp.init(jax.random.key(0)), X, Y)


def test_a_wrong_tree_is_refused(mlp: MLP) -> None:
    with pytest.raises(
        TypeError, match=r"^the gradient's tree differs from the arguments': got \["
    ):
        returning(mlp, lambda loss, grads: (loss, list(grads)))(mlp.init(jax.random.key(0)), X, Y)
