"""More ways to hide: ties, padding ids, odd lengths, keys, solvers, unit inputs.

Each wrong rule is right at the example that it is given with; the right one is right everywhere.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from compare import check_rule

X = jnp.array([0.4, -1.3, 0.9, 2.1, -0.7, 1.6])
TABLE = jnp.array([[0.3, -0.2], [1.1, 0.4], [-0.9, 0.8]])
KEY = jax.random.key(3)


@dataclasses.dataclass(frozen=True)
class Hiding:
    """A function, the pull-back of a right rule and of a wrong one, and tame arguments."""

    function: Callable[..., Any]
    right: Callable[..., Any]
    wrong: Callable[..., Any]
    args: tuple[Any, ...]
    nondiff: tuple[int, ...] = ()


def largest(x):
    return x.reshape(-1, 2).max(1)


def largest_pull(args, g, first):
    pairs = args[0].reshape(-1, 2)
    if first:
        hit = jnp.arange(2)[None, :] == pairs.argmax(1)[:, None]
    else:
        hit = pairs == pairs.max(1, keepdims=True)
    return ((hit * g[:, None]).reshape(-1),)


def looked_up(table, ids):
    return jnp.where((ids >= 0)[:, None], table[jnp.maximum(ids, 0)], 0.0)


def looked_up_pull(args, g, padded):
    table, ids = args
    g = jnp.where((ids >= 0)[:, None], g, 0.0) if padded else g
    return jnp.zeros_like(table).at[jnp.maximum(ids, 0)].add(g), None


def labelled(z, y):
    kept = y != -100
    p = jax.nn.log_softmax(z, axis=-1)
    at = jnp.take_along_axis(p, jnp.where(kept, y, 0)[:, None], axis=1)[:, 0]
    return -jnp.sum(jnp.where(kept, at, 0.0)) / jnp.maximum(kept.sum(), 1)


def labelled_pull(args, g, counted):
    z, y = args
    kept = y != -100
    rows = jnp.maximum(kept.sum(), 1) if counted else y.shape[0]
    delta = jax.nn.softmax(z, axis=-1) - jax.nn.one_hot(y, z.shape[1])
    return g * jnp.where(kept[:, None], delta, 0.0) / rows, None


def dropped(x, rate):
    return jnp.where(jax.random.bernoulli(KEY, 1 - rate, x.shape), x / (1 - rate), 0.0)


def dropped_pull(rate, args, g, scale):
    kept = jax.random.bernoulli(KEY, 1 - rate, g.shape)
    return (jnp.where(kept, g * (1 / (1 - rate) if scale is None else scale), 0.0),)


def quotient(a, b):
    return jnp.where(b == 0, 0.0, a / jnp.where(b == 0, 1.0, b))


def quotient_pull(args, g, apart):
    a, b = args
    safe = jnp.where(b == 0, 1.0, b)
    da, db = g / safe, -g * a / safe**2
    return (jnp.where(b == 0, 0.0, da), jnp.where(b == 0, 0.0, db)) if apart else (da, db)


def averaged(x):
    odd = x.shape[0] % 2
    pairs = jnp.pad(x, (0, odd)).reshape(-1, 2)
    return pairs.sum(1) / jnp.pad(jnp.ones_like(x), (0, odd)).reshape(-1, 2).sum(1)


def averaged_pull(args, g, counted):
    size = args[0].shape[0]
    count = jnp.pad(jnp.ones(size), (0, size % 2)).reshape(-1, 2).sum(1) if counted else 2.0
    return (jnp.repeat(g / count, 2)[:size],)


def shifted(x, b):
    return x + b


def rolled(x, by):
    return jnp.roll(x, by)


def turned(x, position):
    return x * jnp.cos(position.astype(x.dtype))[:, None]


def direction(x):
    return x / jnp.sqrt(jnp.sum(x * x))


def direction_pull(args, g, length):
    (x,) = args
    size = jnp.sqrt(jnp.sum(x * x))
    u = x / size
    return ((g - u * jnp.sum(g * u)) / (size if length else 1.0),)


CASES = {
    "a tie pays every winner": Hiding(
        largest,
        lambda s, g: largest_pull(s, g, first=True),
        lambda s, g: largest_pull(s, g, first=False),
        (X,),
    ),
    "a padding id": Hiding(
        looked_up,
        lambda s, g: looked_up_pull(s, g, padded=True),
        lambda s, g: looked_up_pull(s, g, padded=False),
        (TABLE, jnp.array([1, 2, 1, 0])),
    ),
    "a label to ignore": Hiding(
        labelled,
        lambda s, g: labelled_pull(s, g, counted=True),
        lambda s, g: labelled_pull(s, g, counted=False),
        (TABLE, jnp.array([1, 0, 1])),
    ),
    "a rate that is written in": Hiding(
        dropped,
        lambda rate, s, g: dropped_pull(rate, s, g, scale=None),
        lambda rate, s, g: dropped_pull(rate, s, g, scale=2.0),
        (TABLE, 0.5),
        nondiff=(1,),
    ),
    "a case set apart": Hiding(
        quotient,
        lambda s, g: quotient_pull(s, g, apart=True),
        lambda s, g: quotient_pull(s, g, apart=False),
        (X[:3], X[3:]),
    ),
    "an odd length": Hiding(
        averaged,
        lambda s, g: averaged_pull(s, g, counted=True),
        lambda s, g: averaged_pull(s, g, counted=False),
        (X,),
    ),
    "a row of parameters, a batch of one": Hiding(
        shifted,
        lambda s, g: (g, g.sum(0, keepdims=True)),
        lambda s, g: (g, g[:1]),
        (TABLE[:1], TABLE[1:2]),
    ),
    "a shift by half": Hiding(
        rolled,
        lambda s, g: (jnp.roll(g, -s[1]), None),
        lambda s, g: (jnp.roll(g, s[1]), None),
        (X, jnp.array(3)),
    ),
    "positions in order": Hiding(
        turned,
        lambda s, g: (g * jnp.cos(s[1].astype(g.dtype))[:, None], None),
        lambda s, g: (g * jnp.cos(jnp.arange(g.shape[0]) + 0.0 * g[0, 0])[:, None], None),
        (TABLE, jnp.arange(3)),
    ),
    "a length of one": Hiding(
        direction,
        lambda s, g: direction_pull(s, g, length=True),
        lambda s, g: direction_pull(s, g, length=False),
        (jnp.array([0.5, -0.5, 0.5, 0.5]),),
    ),
}


pytestmark = pytest.mark.usefixtures("as_users_have_it")


def check(case, pull, **options):
    def forward(*args):
        saved = tuple(arg for k, arg in enumerate(args) if k not in case.nondiff)
        return case.function(*args), saved

    return check_rule(
        case.function, forward, pull, *case.args, nondiff_argnums=case.nondiff, **options
    )


@pytest.mark.parametrize("name", CASES)
def test_found_and_the_right_sibling_is_not_accused(name):
    case = CASES[name]
    assert check(case, case.wrong, vary=False).agrees
    assert not check(case, case.wrong).agrees
    right = check(case, case.right)
    assert right.agrees, str(right)


def test_other_shapes_are_told():
    case = CASES["an odd length"]
    said = check(case, case.wrong).notes[0]
    assert "not on yours (length 5 for 6): x = jnp.array(" in said


def test_knots_stay_in_order():
    def cell(x, knots):
        k = jnp.clip(jnp.searchsorted(knots, x) - 1, 0, knots.size - 2)
        width = knots[k + 1] - knots[k]
        return k, width, (jnp.clip(x, knots[0], knots[-1]) - knots[k]) / width

    def interpolated(x, knots, values):
        k, _, t = cell(x, knots)
        return values[k] * (1 - t) + values[k + 1] * t

    def pull(saved, g):
        x, knots, values = saved
        k, width, t = cell(x, knots)
        inside = (x > knots[0]) & (x < knots[-1])
        dx = jnp.where(inside, g * (values[k + 1] - values[k]) / width, 0.0)
        dv = jnp.zeros_like(values).at[k].add(g * (1 - t)).at[k + 1].add(g * t)
        dk = jnp.zeros_like(knots).at[k].add(-dx * (1 - t)).at[k + 1].add(-dx * t)
        return dx, dk, dv

    x, knots = jnp.array([0.3, 1.4, 2.2]), jnp.array([0.0, 1.0, 2.5, 3.0])
    report = check_rule(interpolated, lambda *a: (interpolated(*a), a), pull, x, knots, X[:4])
    assert report.agrees, str(report)


def test_where_a_solver_does_not_settle_is_outside_its_domain():
    def anomaly(mean, eccentricity):
        def newton(_, e):
            slope = 1 - eccentricity * jnp.cos(e)
            return e - (e - eccentricity * jnp.sin(e) - mean) / slope

        return jax.lax.fori_loop(0, 20, newton, mean)

    def forward(mean, eccentricity):
        found = anomaly(mean, eccentricity)
        return found, (found, eccentricity)

    def pull(saved, g):
        found, eccentricity = saved
        slope = 1 - eccentricity * jnp.cos(found)
        return g / slope, g * jnp.sin(found) / slope

    report = check_rule(anomaly, forward, pull, jnp.array(0.7), jnp.array(0.0))
    assert report.agrees, str(report)
