"""Losses that iterate until a value is good enough: right derivatives of what they look for pass.

Autodiff follows the steps of a loop, the author's equation holds where the loop would come to rest.
Each system has a right derivation, and a wrong one that is the same but for a factor.
"""

import functools
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from compare import check_gradient, check_rule

while_loop = jax.lax.while_loop


@dataclass(frozen=True)
class System:
    """A loss or a function that iterates.

    Attributes:
        function: Of the argument.
        derivation: Takes a factor (1 is right) and the argument, returns the gradient; or, for a
            rule, the factor, what was found with the argument, and the upstream gradient.
        at: The argument.
        wrong: A factor that makes it wrong.
    """

    function: Any
    derivation: Any
    at: Any
    wrong: float = 0.5

    def checked(self, factor):
        return check_gradient(
            self.function, functools.partial(self.derivation, factor), self.at, explain=False
        )


class Rule(System):
    def checked(self, factor):
        def forward(x):
            found = self.function(x)
            return found, (found, x)

        def pull(kept, g):
            return (self.derivation(factor, *kept, g),)

        return check_rule(self.function, forward, pull, self.at, explain=False)


def root(x):
    """By Newton's iteration."""
    return while_loop(lambda y: jnp.abs(y * y - x) > 1e-6 * x, lambda y: (y + x / y) / 2, x)


def by_halves(x):
    """The root of y^3 + y = x; no step passes a derivative on."""

    def halved(ends):
        low, high = ends
        middle = (low + high) / 2
        below = middle**3 + middle < x
        return jnp.where(below, middle, low), jnp.where(below, high, middle)

    start = jnp.zeros_like(x), jnp.full_like(x, 4.0)
    return sum(while_loop(lambda ends: ends[1] - ends[0] > 1e-6, halved, start)) / 2


def by_secants(x):
    """The same root; two guesses are carried, and 0/0 is the step after the last."""

    def value(y):
        return y**3 + y - x

    def better(pair):
        old, new = pair
        return new, new - value(new) * (new - old) / (value(new) - value(old))

    return while_loop(lambda pair: jnp.abs(pair[1] - pair[0]) > 1e-5, better, (0 * x, x))[1]


def of_the_cubic(factor, y, x, g):
    return factor * g / (3 * y**2 + 1)


def series(x):
    """e^x; the number of the next term goes on for ever, and what it adds comes to rest."""

    def longer(state):
        number, term, total = state
        term = term * x / number
        return number + 1, term, total + term

    one = jnp.ones_like(x)
    return while_loop(lambda state: jnp.abs(state[1]) > 1e-6, longer, (one, one, one))[2]


def heavy_ball(x):
    """The minimum of y^2 + y^4 / 4 - y sin x; a velocity is carried that nobody asks for."""

    def rolled(state):
        y, velocity, _ = state
        velocity = 0.6 * velocity - 0.3 * (2 * y - jnp.sin(x) + y**3)
        return y + velocity, velocity, y

    start = (0 * x, 0 * x, 0 * x + 1)
    return while_loop(lambda state: jnp.abs(state[0] - state[2]) > 1e-6, rolled, start)[0]


def spectrum(w):
    return w @ w.T + jnp.diag(jnp.array([3.0, 1.0, 0.5]))


def direction(w):
    """The eigenvector of the largest eigenvalue, by power iteration."""

    def stretched(pair):
        vector = spectrum(w) @ pair[0]
        return vector / jnp.linalg.norm(vector), pair[0]

    start = jnp.ones(3) / jnp.sqrt(3.0), jnp.zeros(3)
    return while_loop(lambda pair: jnp.max(jnp.abs(pair[0] - pair[1])) > 1e-6, stretched, start)[0]


def largest(w):
    return direction(w) @ spectrum(w) @ direction(w)


def of_largest(factor, w):
    return factor * 2 * jnp.outer(direction(w), direction(w)) @ w


def inverse(a):
    """By the iteration of Newton and Schulz."""
    return while_loop(
        lambda x: jnp.max(jnp.abs(a @ x - jnp.eye(2))) > 1e-6,
        lambda x: 2 * x - x @ a @ x,
        a.T / jnp.sum(a**2),
    )


WEIGHTS = jnp.array([[1.0, 2.0], [3.0, 4.0]])


def of_inverse(factor, a):
    return -factor * inverse(a).T @ WEIGHTS @ inverse(a).T


MATRIX = jnp.array([[2.0, 0.3], [0.3, 1.0]])


def descended(b):
    """The solution of a linear system; only the derivation iterates."""
    return while_loop(
        lambda x: jnp.max(jnp.abs(MATRIX @ x - b)) > 1e-6,
        lambda x: x - 0.4 * (MATRIX @ x - b),
        jnp.zeros_like(b),
    )


def backward_euler(count):
    """As many implicit steps of y' = -k y^3; each is solved by Newton's iteration."""

    def solved(y, k):
        def far(z):
            return jnp.abs(z - y + 0.1 * k * z**3) > 1e-6

        return while_loop(far, lambda z: z - (z - y + 0.1 * k * z**3) / (1 + 0.3 * k * z**2), y)

    def loss(k):
        def step(y, _):
            return solved(y, k), None

        return jax.lax.scan(step, jnp.ones_like(k), None, length=count)[0]

    def derivation(factor, k):
        def step(state, _):
            y, slope = state
            z = solved(y, k)
            return (z, (slope - factor * 0.1 * z**3) / (1 + 0.3 * k * z**2)), None

        return jax.lax.scan(step, (jnp.ones_like(k), 0 * k), None, length=count)[0][1]

    return loss, derivation


def drawn(key, center):
    """How far a point is from a center: drawn until it is near enough, and never at rest."""

    def again(state):
        key, new = jax.random.split(state[0])
        return key, jax.random.normal(new, (), center.dtype)

    far = jnp.full_like(center, 5.0)
    return while_loop(lambda state: jnp.abs(state[1]) > 1.0, again, (key, far))[1]


KEY = jax.random.key(3)
SYSTEMS = {
    "newton": Rule(root, lambda factor, y, x, g: factor * g / (2 * y), jnp.array(2.0)),
    "by halves": Rule(by_halves, of_the_cubic, jnp.array(2.3)),
    "by secants": Rule(by_secants, of_the_cubic, jnp.array(1.7)),
    "a series": Rule(series, lambda factor, y, x, g: factor * g * y, jnp.array(0.8)),
    "a heavy ball": Rule(
        heavy_ball,
        lambda factor, y, x, g: factor * g * jnp.cos(x) / (2 + 3 * y**2),
        jnp.array(0.8),
    ),
    "power iteration": System(
        largest, of_largest, jnp.array([[0.3, -0.2], [0.5, 0.1], [-0.4, 0.7]])
    ),
    "an inverse": System(
        lambda a: jnp.sum(inverse(a) * WEIGHTS), of_inverse, jnp.array([[2.0, 0.3], [0.5, 1.5]])
    ),
    "in the derivation alone": System(
        lambda b: b @ jnp.linalg.solve(MATRIX, b) / 2,
        lambda factor, b: factor * descended(b),
        jnp.array([0.3, -0.8]),
    ),
    "many, one after another": System(
        lambda x: jax.lax.scan(lambda c, a: (c + root(a), None), 0 * x[0], x)[0],
        lambda factor, x: factor / (2 * jnp.sqrt(x)),
        jnp.linspace(1.0, 2.0, 100),
        1.01,
    ),
    "within a few steps": System(*backward_euler(5), jnp.array(0.8)),
    "within many steps": System(*backward_euler(100), jnp.array(0.8)),
    "drawn": System(
        lambda x: (x + drawn(KEY, x)) ** 2,
        lambda factor, x: factor * 2 * (x + drawn(KEY, x)),
        jnp.array(0.4),
    ),
}


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_a_right_derivative_of_what_is_looked_for(system):
    report = system.checked(1.0)
    assert report.agrees, str(report)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_a_wrong_one(system):
    report = system.checked(system.wrong)
    assert any(node.verdict == "wrong" for node in report.nodes), str(report)


def test_no_edit_is_told_towards_autodiff_that_is_no_derivative():
    system = SYSTEMS["by halves"]
    report = check_gradient(
        lambda x: by_halves(x), lambda x: 2 / (3 * by_halves(x) ** 2 + 1), system.at
    )
    assert report.nodes[0].verdict == "wrong"
    assert not report.diagnosis.edit
    assert "no edit is looked for" in report.diagnosis.evidence


def fixed_point(tolerance, x):
    """Of y = cos(x y)."""
    return while_loop(
        lambda pair: jnp.abs(pair[0] - pair[1]) > tolerance,
        lambda pair: (jnp.cos(x * pair[0]), pair[0]),
        (x, x + 1),
    )[0]


def of_fixed_point(y, x):
    slope = -jnp.sin(x * y)
    return y * slope / (1 - x * slope)


def test_far_from_rest_nobody_knows():
    early = functools.partial(fixed_point, 1e-2)
    (node,) = check_gradient(early, lambda x: of_fixed_point(early(x), x), jnp.array(0.6)).nodes
    assert node.verdict == "unchecked"
    assert "ends before it comes to rest" in node.note
    assert 1e-4 < node.formula_error < 1e-1


def test_near_what_the_loss_hangs_on_and_not_near_what_the_loop_carries():
    """The loop's value is good to a thousandth; the loss asks for the rest of it."""

    def loss(x):
        y = while_loop(lambda y: x - y > 5e-4 * x, lambda y: y + 0.1 * (x - y), 0 * x)
        return 1000 * (x - y)

    (node,) = check_gradient(loss, jnp.zeros_like, jnp.array(1.0)).nodes
    assert node.verdict == "unchecked"


def test_a_loop_that_begins_where_it_ends():
    """At zero the iteration of Newton halves its guess until it underflows."""
    (node,) = check_gradient(root, lambda x: 0.5 / root(x), jnp.array(0.0)).nodes
    assert node.verdict == "unchecked"


def test_other_inputs_at_which_nothing_comes_to_rest_prove_nothing():
    """Beyond some argument the cosine's fixed point repels, and the loop ends by an accident."""
    function = functools.partial(fixed_point, 1e-3)

    def forward(x):
        return function(x), (function(x), x)

    def pull(kept, g):
        return (g * of_fixed_point(*kept),)

    with jax.enable_x64(True):
        for seed in range(3):
            report = check_rule(function, forward, pull, jnp.array(0.6), explain=False, seed=seed)
            assert report.agrees, str(report)


def test_a_long_loop_in_python_does_not_hold_up_the_search_for_an_edit():
    def slowly(x):
        twice = jax.lax.fori_loop(0, 200_000, lambda _, total: total + 1e-5 * x, 0 * x)
        return twice * x

    report = check_gradient(lambda x: jnp.sum(x**3), slowly, jnp.array([0.3, 0.7]))
    assert report.nodes[0].verdict == "wrong"
