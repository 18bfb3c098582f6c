"""Numeric differentiation: when autodiff is not the derivative of the loss, the reader is told."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.agreement.numeric import STEPS, _ridders
from tests.compare.agreement.problem import Problem, draw, verdicts


@jax.custom_vjp
def reversed_gradient(x):
    return x


reversed_gradient.defvjp(lambda x: (x, None), lambda _, g: (-g,))


@jax.custom_jvp
def mistaken_cube(x):
    return x**3


mistaken_cube.defjvps(lambda dx, out, x: 3.01 * x**2 * dx)

OWN_RULE = "numeric differentiation of the loss differs from jax.grad of it at w: "


def test_the_hand_follows_the_rule():
    report = Problem(
        lambda w: jnp.sum(reversed_gradient(w) ** 2), lambda w: -2 * w, (draw(5),)
    ).ask()
    assert verdicts(report) == {"w": "agrees"}
    assert report.notes[0].startswith(OWN_RULE)


def test_the_hand_is_right_and_the_rule_is_not():
    report = Problem(lambda w: jnp.sum(mistaken_cube(w)), lambda w: 3 * w**2, (draw(5),)).ask()
    (node,) = report.nodes
    assert node.verdict == "agrees"
    assert node.note == "numeric differentiation sides with the hand, not with autodiff of the loss"


@pytest.mark.parametrize("spoilt", [lambda g: 1.001 * g, lambda g: g.at[2].multiply(1 + 1e-7)])
def test_both_are_wrong(spoilt):
    report = Problem(
        lambda w: jnp.sum(mistaken_cube(w)), lambda w: spoilt(3 * w**2), (draw(5),)
    ).ask()
    assert verdicts(report) == {"w": "wrong"}


QUIET = {
    "a leaf that hardly matters": (
        lambda p: jnp.sum(1e-12 * p["a"] ** 2) + 1e12 * jnp.sum(p["b"] ** 3),
        lambda p: {"a": 2e-12 * p["a"], "b": 3e12 * p["b"] ** 2},
        {"a": draw(4, scale=1e-10), "b": draw(3)},
    ),
    "rules of JAX's own": (
        lambda p: jnp.sum(jax.nn.softplus(p) + jax.nn.relu(p) + jax.nn.logsumexp(p)),
        lambda p: jax.nn.sigmoid(p) + jnp.where(p > 0, 1.0, 0.0) + p.size * jax.nn.softmax(p),
        draw(5),
    ),
    "kinks nearby": (
        lambda p: jnp.sum(jnp.abs(jnp.sin(20 * p))),
        lambda p: 20 * jnp.sign(jnp.sin(20 * p)) * jnp.cos(20 * p),
        draw(50),
    ),
    "a tie in the loss": (
        lambda p: jnp.max(p) + jnp.sum(p**2),
        lambda p: 2 * p + jnp.full_like(p, 0.25),
        jnp.ones(4),
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_no_conflict_is_claimed(name):
    loss, gradient, params = QUIET[name]
    report = Problem(loss, gradient, (params,)).ask()
    assert report.agrees, str(report)
    assert not report.notes


def test_ridders_takes_rounding_for_what_it_is():
    steps = np.array(STEPS)
    smooth = np.stack([np.sin(0.3 + steps), np.sin(0.3 - steps)], axis=1)
    slope = _ridders(smooth, noise=0.0)
    assert abs(slope.value - np.cos(0.3)) < min(1e-10, 10 * slope.error)
    flat = np.full((len(steps), 2), 1e12)  # what moves is below the last digit
    assert _ridders(flat, noise=0.0).error > 1e-4
    assert _ridders(smooth, noise=1e-3).error > 1e-2
