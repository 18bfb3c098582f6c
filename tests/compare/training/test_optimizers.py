"""Every name trains, every schedule goes where it should."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from compare.training import train
from compare.training.contexts import relaxed_promotion
from compare.training.optimizers import optimizer_by_name, optimizers, schedules
from functional_nn import MLP
from functional_nn.datasets import Splits


@pytest.mark.parametrize("name", sorted(optimizers))
def test_every_optimizer_goes_downhill(name: str, mlp: MLP) -> None:
    """Strict promotion does not reach into optax."""
    from compare.training.step import Plan, initial_state, make_step

    x, y = jax.random.normal(jax.random.key(1), (6, 5)), jnp.array([0, 1, 2, 0, 1, 2])
    plan = Plan(mlp, "manual", optimizer_by_name(name, schedule="cosine", steps=20), 6)
    state = initial_state(plan, mlp.init(jax.random.key(0)))
    step = make_step(plan)
    losses = []
    for _ in range(5):
        state, loss, *_ = step(state, x, y)
        losses.append(float(loss))
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", sorted(optimizers))
def test_no_eps_is_0_in_float16(name: str, blobs: Splits) -> None:
    optimizer = optimizer_by_name(name, dtype="float16")
    result = train(MLP((5, 4, 3)), optimizer, blobs, epochs=1, dtype="float16")
    assert result.failure is None


def test_a_step_divided_by_an_eps_of_0_is_told_so(blobs: Splits) -> None:
    dead = MLP((5, 4, 3), initializer="zeros")  # a gradient of 0, divided by an eps of 0
    result = train(dead, optax.adam(1e-3), blobs, epochs=1, dtype="float16")
    assert result.failure is not None
    assert result.failure.node.startswith("update")
    assert "eps of 1e-8 is 0" in result.failure.message


#                 name             first   middle  last of 100 steps, in parts of the highest
@pytest.mark.parametrize(
    ("name", "first", "middle", "last"),
    [
        ("constant", 1.0, 1.0, 1.0),
        ("linear", 1.0, 0.5, 0.0),
        ("cosine", 1.0, 0.5, 0.0),
        ("exponential", 1.0, 0.1, 0.01),
        ("warmup_cosine", 0.0, 0.587, 0.0),
        ("onecycle", 0.04, 0.811, 4e-6),
    ],
)
def test_schedules(name: str, first: float, middle: float, last: float) -> None:
    with relaxed_promotion():
        rates = [float(schedules[name](0.5, 100)(step)) / 0.5 for step in (0, 50, 100)]
    assert np.allclose(rates, [first, middle, last], atol=2e-3)


def test_all_schedules_are_tested() -> None:
    assert set(schedules) == {
        *("constant", "linear", "cosine", "exponential", "warmup_cosine", "onecycle")
    }


@pytest.mark.parametrize("name", sorted(schedules))
def test_a_schedule_of_one_step(name: str) -> None:
    with relaxed_promotion():
        assert 0 <= float(schedules[name](0.5, 1)(0)) <= 0.5


def test_an_unknown_optimizer(refuses: Callable) -> None:
    known = ", ".join(sorted(optimizers))
    with refuses(ValueError, f"unknown optimizer 'sdg'; did you mean 'sgd'? known: {known}"):
        optimizer_by_name("sdg")


def test_an_unknown_schedule(refuses: Callable) -> None:
    known = ", ".join(sorted(schedules))
    with refuses(ValueError, f"unknown schedule 'cosin'; did you mean 'cosine'? known: {known}"):
        optimizer_by_name("adam", schedule="cosin")


def test_a_schedule_without_steps(refuses: Callable) -> None:
    message = (
        "schedule 'linear' needs the number of steps; give steps=, which is "
        "epochs * (rows // batch_size)."
    )
    with refuses(ValueError, message):
        optimizer_by_name("sgd", 0.1, "linear")


def test_a_rate_of_nothing(refuses: Callable) -> None:
    with refuses(ValueError, "learning_rate is -0.1; wanted a finite number above 0."):
        optimizer_by_name("sgd", -0.1)
