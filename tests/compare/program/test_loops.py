"""Loops on paper: as JAX runs them, and given up where they do not end."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.program import run, trace, with_float64
from compare.program.loops import EndlessError, Loop, patiently


def root(x):
    """By Newton's iteration: it has an end above zero only."""

    def far(y):
        return jnp.abs(y * y - x) > 1e-12 * x

    return jax.lax.while_loop(far, lambda y: (y + x / y) / 2, x)


def roots_in_a_scan(x):
    """One loop within another that is too long to be written out."""
    return jax.lax.scan(lambda total, a: (total + root(a), None), 0.0, jnp.resize(x, (100,)))[0]


def roots_in_a_loop(x):
    """One loop within another, both of which end when they like."""
    return jax.lax.while_loop(lambda y: y > 1.1, root, x)


LOOPS = {"while": root, "in a scan": roots_in_a_scan, "in a while": roots_in_a_loop}


@pytest.fixture(autouse=True)
def _float64():
    with with_float64():
        yield


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_that_ends_does_as_jax_does_and_tells_its_steps(loop):
    program, _ = trace(loop, jnp.array(7.0), write_out=True)
    taken = []
    found = run(program, [np.array(7.0)], execute=patiently(lambda _, steps: taken.append(steps)))
    np.testing.assert_allclose(found[0], loop(7.0), rtol=1e-14)
    np.testing.assert_allclose(run(program, [np.array(7.0)])[0], loop(7.0), rtol=1e-14)
    assert len(taken) == 1
    assert taken[0] > 5


def test_a_loop_within_another_counts_its_steps_too():
    program, _ = trace(roots_in_a_scan, jnp.array(7.0), write_out=True)
    steps = []
    run(program, [np.array(7.0)], execute=patiently(lambda _, taken: steps.append(taken)))
    alone, _ = trace(root, jnp.array(7.0), write_out=True)
    run(alone, [np.array(7.0)], execute=patiently(lambda _, taken: steps.append(taken)))
    assert steps[0] == 100 * (steps[1] + 1)


def above_nine_tenths(x):
    """Its end is never reached: every further root is nearer to one."""
    return jax.lax.while_loop(lambda y: y > 0.9, root, x)


ENDLESS = {
    "while": (root, -7.0),
    "in a scan": (roots_in_a_scan, -7.0),
    "in a while": (above_nine_tenths, 7.0),
}


@pytest.mark.parametrize(("loop", "x"), ENDLESS.values(), ids=ENDLESS.keys())
def test_a_loop_without_an_end_is_given_up(loop, x):
    program, _ = trace(loop, jnp.array(7.0), write_out=True)
    taken = []
    with pytest.raises(EndlessError, match=r"did not end within 1,000 steps"):
        run(program, [np.array(x)], execute=patiently(lambda _, steps: taken.append(steps), 1000))
    assert taken == [1000]


@pytest.mark.parametrize(("loop", "x"), ENDLESS.values(), ids=ENDLESS.keys())
def test_nobody_waits_for_ever(loop, x):
    program, _ = trace(loop, jnp.array(7.0), write_out=True)
    assert np.isnan(run(program, [np.array(x)])[0])


def test_what_a_step_costs_grows_with_its_body():
    short, _ = trace(
        lambda x: jax.lax.while_loop(lambda y: y < 9, lambda y: y + 1, x),
        jnp.array(1.0),
        write_out=True,
    )
    long, _ = trace(root, jnp.array(1.0), write_out=True)
    prices = [
        e.function.price for p in (short, long) for e in p.equations if isinstance(e.function, Loop)
    ]
    assert prices[0] < prices[1]
