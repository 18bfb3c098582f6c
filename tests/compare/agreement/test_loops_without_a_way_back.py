"""A loss with a while loop: ``jax.grad`` cannot go back through it, the check does without."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient, check_rule
from compare.agreement import DerivationError
from compare.agreement.trial import Trial

P = {"W": jnp.array([[0.3, -0.2], [0.1, 0.4]]), "b": jnp.array([0.5, -0.7])}
X = jnp.array([0.2, -1.1])


# --- a number of steps that is known when it runs ---------------------------------------------


def layer(p, y):
    return jnp.tanh(p["W"] @ y + p["b"])


def deep(p, x):
    """Five layers with the same parameters; JAX does not know before it runs that it is five."""
    depth = jnp.where(jnp.isnan(jnp.sum(x)), 6, 5)
    return jnp.sum(jax.lax.fori_loop(0, depth, lambda i, y: layer(p, y), x) ** 2)


def outputs(p, x):
    """Return the input and what each layer makes of it."""
    ys = [x]
    for _ in range(5):
        ys.append(layer(p, ys[-1]))
    return ys


def deep_backwards(p, x):
    ys = outputs(p, x)
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
        ys = outputs(p, x)
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


def each_root(x):
    return jax.vmap(root)(x)


@pytest.mark.parametrize("x", [[0.5, 2.0, 30.0], [2.0, 2.5, 3.0]], ids=["sizes", "alike"])
@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_nobody_waits_for_numbers_below_zero(x, factor):
    """Differences, points around, fresh inputs for an edit: each has some where there is no end."""

    def backward(roots, g):
        return (factor * g / (2 * roots),)

    report = check_rule(each_root, lambda x: (each_root(x),) * 2, backward, jnp.array(x))
    assert report.agrees == (factor == 1.0), str(report)


def test_a_fixed_point_that_is_circled():
    turn = 0.9 * jnp.array([[jnp.cos(0.7), -jnp.sin(0.7)], [jnp.sin(0.7), jnp.cos(0.7)]])

    def solution(b):
        def far(pair):
            return jnp.max(jnp.abs(pair[0] - pair[1])) > 1e-6 * jnp.max(jnp.abs(pair[0]))

        return jax.lax.while_loop(far, lambda pair: (turn @ pair[0] + b, pair[0]), (b, b + 1))[0]

    def backward(factor, _, g):
        return (factor * jnp.linalg.solve(jnp.eye(2) - turn.T, g),)

    for factor in (1.0, 1.1):
        rule = functools.partial(backward, factor)
        report = check_rule(solution, lambda b: (solution(b), None), rule, jnp.array([1.0, 0.3]))
        assert report.agrees == (factor == 1.0), str(report)


def test_a_count_against_a_float_is_no_iteration():
    """Twelve steps towards a fixed point have not the derivative of the fixed point."""

    def steps(a):
        def body(pair):
            return pair[0] + 1, jnp.cos(a * pair[1])

        return jax.lax.while_loop(lambda p: p[0] < jnp.asarray(12.0), body, (0, a))[1]

    def fwd(a):
        return steps(a), (a, fixed_point(a))

    bwd = functools.partial(implicit, 1.0)
    assert not check_rule(steps, fwd, bwd, jnp.array(0.6), explain=False).agrees


def test_a_small_number_far_from_its_rest_beside_a_large_one():
    def steady(k):
        def body(pair):
            large, small = pair[0]
            return jnp.stack([large, small + 0.2 * (k * 1e-3 - small)]), pair[0]

        def far(pair):
            return jnp.abs(pair[0][1] - pair[1][1]) > 1e-2 * jnp.abs(pair[0][1])

        start = jnp.stack([300.0 + 0 * k, 0 * k])
        return 1e3 * jax.lax.while_loop(far, body, (start, start + 1))[0][1]

    assert not check_gradient(steady, jnp.ones_like, jnp.array(1.5), explain=False).agrees


def test_loops_without_an_end_use_up_what_the_search_may_spend(monkeypatch):
    """Outside the caller's scale the iteration wanders for ever, on whatever inputs are drawn."""
    rng = np.random.default_rng(0)
    W = jnp.asarray(0.4 * rng.standard_normal((32, 32)) / 32**0.5, jnp.float32)
    b = jnp.asarray(rng.standard_normal(32), jnp.float32)

    def solution(W, b):
        def far(pair):
            return jnp.max(jnp.abs(pair[0] - pair[1])) > 1e-6

        return jax.lax.while_loop(far, lambda p: (W @ jnp.sin(p[0]) + b, p[0]), (b, b + 1))[0]

    def gradient(b, W):
        y = solution(W, b)
        return jnp.linalg.solve((jnp.eye(32) - W * jnp.cos(y)[None]).T, 2 * y)

    asked, sides = [], Trial.sides
    monkeypatch.setattr(Trial, "sides", lambda *a, **k: asked.append(1) or sides(*a, **k))
    report = check_gradient(lambda b, W: jnp.sum(solution(W, b) ** 2), gradient, b, W)
    assert report.agrees
    assert len(asked) < 20, len(asked)
