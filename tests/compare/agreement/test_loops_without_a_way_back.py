"""A loss with a while loop: ``jax.grad`` cannot go back through it, the check does without."""

import functools

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient, check_rule
from compare.agreement import DerivationError

P = {"W": jnp.array([[0.3, -0.2], [0.1, 0.4]]), "b": jnp.array([0.5, -0.7])}
X = jnp.array([0.2, -1.1])


# --- a number of steps that is known when it runs ---------------------------------------------


def layer(p, y):
    return jnp.tanh(p["W"] @ y + p["b"])


def deep(p, x):
    """Five layers with the same parameters; JAX does not know before it runs that it is five."""
    depth = jnp.where(jnp.isnan(jnp.sum(x)), 6, 5)
    return jnp.sum(jax.lax.fori_loop(0, depth, lambda i, y: layer(p, y), x) ** 2)


def deep_backwards(p, x):
    ys = [x]
    for _ in range(5):
        ys.append(layer(p, ys[-1]))
    d = 2 * ys[-1]
    dW, db = jnp.zeros_like(p["W"]), jnp.zeros_like(p["b"])
    for i in reversed(range(5)):
        dz = d * (1 - ys[i + 1] ** 2)
        dW = dW + jnp.outer(dz, ys[i])
        db = db + dz
        d = p["W"].T @ dz
    return {"W": dW, "b": db}


def test_forward_mode_is_the_reference():
    report = check_gradient(deep, deep_backwards, P, X)
    assert report.agrees
    assert "forward mode is what was compared with" in report.notes[0]


def test_a_mistake_is_placed_and_mended():
    def wrong(p, x):
        ys = [x]
        for _ in range(5):
            ys.append(layer(p, ys[-1]))
        d = 2 * ys[-1]
        dW, db = jnp.zeros_like(p["W"]), jnp.zeros_like(p["b"])
        for i in reversed(range(5)):
            dz = d * (1 - ys[i + 1] ** 2)
            dW = dW + jnp.outer(dz, ys[i + 1])
            db = db + dz
            d = p["W"].T @ dz
        return {"W": dW, "b": db}

    report = check_gradient(deep, wrong, P, X)
    assert [node.name for node in report.nodes if node.verdict == "wrong"] == ["p['W']"]
    assert "jnp.outer(dz, ys[i + 1])" in str(report)
    assert report.diagnosis.kind == "index-axis"
    assert report.diagnosis.verified


def test_second_order_goes_forwards_too():
    report = check_gradient(deep, deep_backwards, P, X, order=2)
    assert report.agrees
    assert [node.name for node in report.nodes][2:] == ["d p['W']", "d p['b']"]

    def once_constant(p, x):
        return jax.lax.stop_gradient(deep_backwards(p, x))

    report = check_gradient(deep, once_constant, P, X, order=2)
    assert report.diagnosis.kind == "second-order"


def test_too_many_numbers_are_refused_with_the_line_of_the_loop():
    p = {"W": jnp.eye(30), "b": jnp.ones(30)}
    with pytest.raises(
        DerivationError, match=r"test_loops_without_a_way_back\.py:\d+ .*930 numbers"
    ):
        check_gradient(deep, deep_backwards, p, jnp.ones(30))


def test_what_goes_neither_way_is_refused():
    def on_the_host(x):
        return jax.pure_callback(lambda x: x.sum(), jax.ShapeDtypeStruct((), x.dtype), x)

    with pytest.raises(DerivationError, match="autodiff cannot differentiate the loss: Pure call"):
        check_gradient(on_the_host, jnp.ones_like, X)


# --- a number of steps that the values decide ---------------------------------------------------


def root(x):
    """By Newton's iteration, until the square is near enough; below zero it has no end."""

    def far(y):
        return jnp.abs(y * y - x) > 1e-6 * x

    return jax.lax.while_loop(far, lambda y: (y + x / y) / 2, x)


def fixed_point(a):
    """The solution of y = cos(a y), nearer by some digits a step."""

    def far(pair):
        return jnp.abs(pair[0] - pair[1]) > 1e-6

    return jax.lax.while_loop(far, lambda pair: (jnp.cos(a * pair[0]), pair[0]), (a, a + 1))[0]


def implicit(factor, y, g):
    a, y = y
    slope = -jnp.sin(a * y)
    return (factor * g * y * slope / (1 - a * slope),)


def pull_root(factor, y, g):
    return (factor * g / (2 * y),)


RULES = {
    "Newton": (root, lambda x: (root(x), root(x)), pull_root, 2.0),
    "a fixed point": (fixed_point, lambda a: (fixed_point(a), (a, fixed_point(a))), implicit, 0.6),
}


@pytest.mark.parametrize(("fun", "fwd", "bwd", "at"), RULES.values(), ids=RULES.keys())
def test_the_derivative_of_the_solution_agrees_though_the_loop_ends_before_it_has_it(
    fun, fwd, bwd, at
):
    report = check_rule(fun, fwd, functools.partial(bwd, 1.0), jnp.array(at))
    assert report.agrees, str(report)
    assert report.coverage.probes > 5


@pytest.mark.parametrize(("fun", "fwd", "bwd", "at"), RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("factor", [1.01, -1.0, 0.0])
def test_a_wrong_derivative_of_the_solution_does_not(fun, fwd, bwd, at, factor):
    report = check_rule(fun, fwd, functools.partial(bwd, factor), jnp.array(at), explain=False)
    assert not report.agrees


def test_the_derivative_of_the_solution_is_wrong_where_the_loop_is_far_from_it():
    def a_few_steps(a):
        last = jax.lax.while_loop(
            lambda pair: pair[0] < 3, lambda pair: (pair[0] + 1, jnp.cos(a * pair[1])), (0, a)
        )
        return last[1]

    def fwd(a):
        return a_few_steps(a), (a, fixed_point(a))

    report = check_rule(
        a_few_steps, fwd, functools.partial(implicit, 1.0), jnp.array(0.6), explain=False
    )
    assert not report.agrees


def test_an_edit_that_takes_a_loop_its_end_is_given_up():
    """Minus among the first things that are tried, and the root of a negative number has no end."""

    def loss(x):
        return jnp.sum(x**1.5)

    def gradient(x):
        return 1.5 * jax.vmap(root)(x) * x / x * 2

    report = check_gradient(loss, gradient, jnp.array([2.0, 3.0]))
    assert report.diagnosis.kind == "wrong-constant-factor", str(report)
