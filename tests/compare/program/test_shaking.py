"""What shaking a program shows: the size of rounding, and the other sides of a kink."""

import itertools

import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from compare.program import run, trace_of, with_float64
from compare.program.shaking import Ramp, Rounding, Scatter, Shaking, note, shake

EPS = float(np.finfo(np.float64).eps)


def paper(function, *arguments):
    with with_float64():
        return trace_of(function, *map(jnp.asarray, arguments)).on_paper


def moved(function, x, size=1024 * EPS):
    """Return how far shaking by 1024 roundings moves a result, in roundings of 1."""
    program = paper(function, x)
    outputs, decisions = note(program, [x])
    how = Shaking(Rounding(np.random.default_rng(0)), size)
    shaken = [shake(program, [x], how, decisions)[0] for _ in range(5)]
    return float(max(np.abs(value - outputs[0]).max() for value in shaken)) / size


#   function                                              at           roundings of 1: least, most
ROUNDING = {
    "copies do not round": (lambda x: jnp.flip(x)[:2].reshape(1, 2), [0.0, 0.0, 0.0], 0, 0),
    "a sum": (jnp.sum, [1.0, 1.0, -2.0], 0.5, 4),
    "terms that cancel": (lambda x: (x + 1e6) - 1e6, [1.0], 5e5, 4e6),
    "cancelled and divided": (lambda x: (1 - jnp.cos(x)) / x**2, [1e-3], 1e5, 4e6),
    "zero by symmetry": (lambda x: jnp.sum(jnp.sin(x) - jnp.mean(jnp.sin(x))), [1.0, 2.0], 0.3, 4),
    "a branch is kept": (lambda x: jnp.where(x - 1 > 0, 1e9, 0.0) + x, [1.0], 0.5, 4),
    "a floor is kept": (lambda x: 1e9 * jnp.floor(x * 1.0) + x, [1.0], 1e8, 4e9),
    "an index is kept": (
        lambda x: jnp.asarray([0.0, 1e9])[jnp.argmax(x)] + x,
        [1.0, 1.0],
        0.5,
        1e10,
    ),
}


@pytest.mark.parametrize("name", ROUNDING)
def test_rounding(name):
    function, at, least, most = ROUNDING[name]
    assert least <= moved(function, np.array(at)) <= most


def test_decisions_are_what_makes_the_difference():
    def function(x):
        return jnp.where(x * 3 - 3 > 0, 1.0, 0.0)

    x = np.array([1.0])
    program = paper(function, x)
    _, decisions = note(program, [x])
    how = Shaking(Ramp(up=True, rising=True), 1e-9)
    assert shake(program, [x], how, decisions)[0] == 0.0
    assert shake(program, [x], how)[0] == 1.0


def tie(x):
    return lax.argmax(2 * x, 0, jnp.int32)


@pytest.mark.parametrize(("up", "rising", "wins"), [(True, True, 3), (True, False, 0)])
def test_ramps_break_ties_both_ways(up, rising, wins):
    x = np.ones(4)
    (found,) = shake(paper(tie, x), [x], Shaking(Ramp(up, rising), 1e-9))
    assert found == wins


@pytest.mark.parametrize(
    "move", [Ramp(True, True), Ramp(False, True), Scatter(Rounding(np.random.default_rng(1)))]
)
def test_zeros_are_moved_off(move):
    array = np.array([[0.0, 2.0], [-3.0, 0.0]])
    found = move(array, 1e-6)
    assert (found != array).all()
    assert np.abs(found - array).max() <= 3.1e-6
    if isinstance(move, Ramp):
        assert (np.sign(found - array) == (1 if move.up else -1)).all()


def test_only_some_values_are_moved():
    program = paper(lambda x, y: (x * 2.0, y * 2.0), np.ones(2), np.ones(2))
    only = program.fed_by([program.inputs[0]])
    how = Shaking(Rounding(np.random.default_rng(0)), 1e-3, only=only)
    first, second = shake(program, [np.ones(2), np.ones(2)], how)
    assert (first != 2).all()
    assert (second == 2).all()


def test_later_results_are_moved_farther():
    def chain(x):
        return [x := jnp.sin(x) for _ in range(6)]

    x = np.ones(1)
    program = paper(chain, x)
    base = run(program, [x])
    how = Shaking(Ramp(True, True), 1e-12, growth=1e5)
    far = [abs(float(s[0] - b[0])) for s, b in zip(shake(program, [x], how), base, strict=True)]
    assert all(later > 3 * sooner for sooner, later in itertools.pairwise(far))


def test_constants_when_asked():
    table = jnp.asarray([0.1, 0.3], jnp.float32)
    x = np.ones(2)
    program = paper(lambda x: x + table.astype(jnp.float64), x)
    (constant,) = program.rounded
    assert program.rounded[constant] == float(np.finfo(np.float32).eps)
    how = Shaking(Rounding(np.random.default_rng(0)), 0.0, constants={constant: 1e-6})
    difference = np.abs(shake(program, [x], how)[0] - run(program, [x])[0])
    assert (difference > 1e-8).all()
    assert (difference < 1e-6).all()


def test_draws_of_any_size():
    rounding = Rounding(np.random.default_rng(0))
    for shape in ((), (0, 3), (7,), (300, 400)):
        draws = rounding.draws(shape)
        assert draws.shape == shape
        assert ((np.abs(draws) >= 0.5) & (np.abs(draws) <= 1)).all()
