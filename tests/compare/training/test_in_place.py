"""No weight is copied in a compiled step, and waiting changes no number."""

import re

import jax
import jax.numpy as jnp
import optax
import pytest
from jax import lax

from compare.training.in_place import after_last_use, zero_of
from compare.training.step import Plan, initial_state, make_step
from functional_nn import MLP

MLP_OF = MLP((20, 24, 24, 3))
X, Y = jnp.linspace(-1, 1, 320).reshape(16, 20), jnp.arange(16) % 3


@pytest.mark.parametrize("gradient", ["manual", "autodiff"])
def test_a_loop_of_steps_copies_no_weight(gradient: str) -> None:
    plan = Plan(MLP_OF, gradient, optax.adam(0.01), 16)
    step = make_step(plan)
    state = initial_state(plan, MLP_OF.init(jax.random.key(0)))

    def steps(state):
        return lax.scan(lambda now, _: step(now, X, Y)[:2], state, length=4)

    program = jax.jit(steps, donate_argnums=0).lower(state).compile().as_text()
    assert "f32[24,24]" in program
    assert not re.search(r"f32\[24,24\]\S* copy\(", program)


@pytest.mark.parametrize("first", [-1.5, 0.0, 2.0, jnp.inf, -jnp.inf, jnp.nan])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_zero_is_one_whatever_it_waits_for(first: float, dtype: str) -> None:
    assert zero_of(jnp.array([[first, 3.0]], dtype)) == 0


def test_waiting_leaves_updates_as_they_are() -> None:
    updates = MLP_OF.init(jax.random.key(1))
    waited = after_last_use(updates, MLP_OF.init(jax.random.key(2)))
    assert jax.tree.structure(waited) == jax.tree.structure(updates)
    for after, before in zip(*map(jax.tree.leaves, (waited, updates)), strict=True):
        assert after.dtype == before.dtype
        assert jnp.array_equal(after, before)
