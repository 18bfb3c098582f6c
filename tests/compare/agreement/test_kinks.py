"""At kinks and ties every slope between those around is right, and nothing else is."""

import jax
import jax.numpy as jnp
import pytest
from jax.ad_checkpoint import checkpoint_name

from compare import check_gradient
from tests.compare.agreement.problem import Problem, draw, verdicts

FORWARD = {
    "jax.nn.relu": jax.nn.relu,
    "maximum": lambda z: jnp.maximum(z, 0),
    "where": lambda z: jnp.where(z >= 0, z, 0.0),
    "abs": lambda z: 0.5 * (jnp.abs(z) + z),
}


def network(forward, at_zero, *, zero_weights=False, bias=True) -> Problem:
    """Two layers with z = 0 in every unit, or in those of one row of zeros."""
    g = FORWARD[forward]
    x, t = draw(6, 5).at[2].set(0.0), draw(6, 3)
    weights = [jnp.zeros(s) if zero_weights else draw(*s) for s in ((5, 4), (4, 3))]
    biases = [jnp.zeros(4), jnp.zeros(3)] if bias else []

    def slope(z):
        return jnp.where(z > 0, 1.0, jnp.where(z == 0, at_zero, 0.0)).astype(z.dtype)

    def through(params, x):
        (w1, w2), b = params["w"], params["b"]
        z1 = x @ w1 + (b[0][None] if b else 0.0)
        u = g(z1) + (0.0 if b else 1.0)
        return z1, u, u @ w2 + (b[1][None] if b else 0.0)

    def loss(params, x):
        (w1, w2), b = params["w"], params["b"]
        z1 = checkpoint_name(x @ w1 + (b[0][None] if b else 0.0), "z1")
        u = g(z1) + (0.0 if b else 1.0)
        z2 = checkpoint_name(u @ w2 + (b[1][None] if b else 0.0), "z2")
        return jnp.mean((g(z2) - t) ** 2)

    def gradient(params, x):
        z1, u, z2 = through(params, x)
        d2 = 2 * (g(z2) - t) / t.size * slope(z2)
        d1 = (d2 @ params["w"][1].T) * slope(z1)
        biases = [d1.sum(axis=0), d2.sum(axis=0)] if params["b"] else []
        return {"w": [x.T @ d1, u.T @ d2], "b": biases}, {"z1": d1, "z2": d2}

    return Problem(loss, gradient, ({"w": weights, "b": biases}, x))


NETWORKS = {
    "all weights zero": {"zero_weights": True},
    "a row of zeros": {},
    "a row of zeros and no bias": {"bias": False},  # no parameter moves it off the kink
}


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("forward", FORWARD)
def test_many_units_at_a_kink(forward, at_zero, kind):
    report = network(forward, at_zero, **NETWORKS[kind]).ask()
    assert report.agrees, str(report)
    assert {"z2", "z1"} <= set(verdicts(report))


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("at_zero", [2.0, -1.0, float("nan")])
def test_no_slope_at_the_kink(at_zero, kind):
    report = network("jax.nn.relu", at_zero, **NETWORKS[kind]).ask()
    assert not report.agrees


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_kink_is_no_excuse_for_a_factor(kind):
    right = network("where", 0.5, **NETWORKS[kind])

    def gradient(params, x):
        grads, deltas = right.gradient(params, x)
        return {**grads, "w": [1.5 * w for w in grads["w"]]}, {
            name: 1.5 * delta for name, delta in deltas.items()
        }

    report = right._replace(gradient=gradient).ask()
    assert report.first_wrong == "z2"
    assert verdicts(report)["z2"] == "wrong"


def one_hot_of_largest(x):
    return jax.nn.one_hot(jnp.argmax(x, axis=0), x.shape[0], dtype=x.dtype).T


def pooled_rows() -> Problem:
    """Six equal rows: the largest is a tie at every parameter."""
    x = jnp.concatenate([draw(1, 3)] * 6 + [draw(2, 3, seed=1)])

    def loss(w):
        return jnp.sum(jnp.max(checkpoint_name(x @ w, "z"), axis=0) ** 2)

    def gradient(w):
        z = x @ w
        dz = 2 * jnp.max(z, axis=0, keepdims=True) * one_hot_of_largest(z)
        return x.T @ dz, {"z": dz}

    return Problem(loss, gradient, (draw(3, 2),))


def hinge(at_margin) -> Problem:
    x, y = jnp.eye(4), jnp.asarray([1.0, -1.0, 1.0, -1.0])

    def gradient(w):
        short = 1 - y * (x @ w)
        inside = jnp.where(short > 0, 1.0, jnp.where(short == 0, at_margin, 0.0))
        return -jnp.mean(x * (y * inside)[:, None], axis=0)

    w = jnp.asarray([1.0, -1.0, 1.0, 0.3])
    return Problem(lambda w: jnp.mean(jnp.maximum(0, 1 - y * (x @ w))), gradient, (w,))


def sort(order) -> Problem:
    c = jnp.arange(5.0)
    ranks = {
        "stable": lambda x: jnp.argsort(jnp.argsort(x)),
        "reversed": lambda x: jnp.argsort(jnp.argsort(x[::-1]))[::-1],
    }[order]
    return Problem(
        lambda x: jnp.sum(c.astype(x.dtype) * jnp.sort(x)),
        lambda x: c[ranks(x)].astype(x.dtype),
        (jnp.zeros(5),),
    )


def elementwise(function, slope, *at) -> Problem:
    return Problem(lambda x: jnp.sum(function(x)), slope, (jnp.asarray(at),))


def slope_at(x, at, value, elsewhere):
    return jnp.where(x == at, value, elsewhere).astype(x.dtype)


def lengths(x):
    return jnp.sqrt(jnp.sum(x**2, axis=1, keepdims=True))


#   derivation                                                                     verdict of x
ONE_LEAF = {
    "abs at 0": (lambda: elementwise(jnp.abs, jnp.sign, 0.5, 0.0, -1.0), "kink"),
    "abs at 0, slope 1": (
        lambda: elementwise(jnp.abs, lambda x: slope_at(x, 0, 1.0, jnp.sign(x)), 0.5, 0.0, -1.0),
        "agrees",  # JAX's choice
    ),
    "abs at 0, slope 1.5": (
        lambda: elementwise(jnp.abs, lambda x: slope_at(x, 0, 1.5, jnp.sign(x)), 0.5, 0.0, -1.0),
        "wrong",
    ),
    "leaky relu at 0": (
        lambda: elementwise(
            jax.nn.leaky_relu, lambda x: jnp.where(x > 0, 1.0, 0.01).astype(x.dtype), 0.0, 1.0
        ),
        "kink",
    ),
    "clip at its bounds": (
        lambda: elementwise(
            lambda x: jnp.clip(x, -1.0, 1.0) * x,
            lambda x: jnp.clip(x, -1.0, 1.0) + jnp.where((x > -1) & (x < 1), x, 0.0),
            *(-1.0, 1.0, 0.5, 2.0, 0.0),
        ),
        "kink",
    ),
    "hinge at the margin, slope 0": (lambda: hinge(0.0), "kink"),
    "hinge at the margin, slope 1/2": (lambda: hinge(0.5), "agrees"),
    "hinge at the margin, slope 1": (lambda: hinge(1.0), "kink"),
    "hinge at the margin, slope -1": (lambda: hinge(-1.0), "wrong"),
    "largest of equals": (
        lambda: Problem(
            lambda x: jnp.sum(jnp.max(x, axis=0) ** 2),
            lambda x: 2 * jnp.max(x, axis=0, keepdims=True) * one_hot_of_largest(x),
            (jnp.asarray([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]]),),
        ),
        "kink",
    ),
    "sorting equals": (lambda: sort("stable"), "agrees"),
    "sorting equals, backwards": (lambda: sort("reversed"), "kink"),
    "two largest": (
        lambda: Problem(
            lambda x: jnp.sum(jax.lax.top_k(x, 2)[0] ** 2),
            lambda x: jnp.where(x >= jnp.sort(x)[-2], 2 * x, 0.0),
            (jnp.asarray([3.0, 1.0, 2.0, 0.5]),),
        ),
        "agrees",
    ),
    "a step is flat": (
        lambda: elementwise(
            lambda x: 2 * jnp.heaviside(x, 0.5) + x**2, lambda x: 2 * x, 0.0, 1.0, -2.0
        ),
        "agrees",
    ),
    "a root guarded twice": (
        lambda: elementwise(
            lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
            lambda x: jnp.where(x > 0, 0.5 / jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
            *(0.0, 1.0, -2.0),
        ),
        "agrees",
    ),
    "a root guarded once": (  # autodiff is nan there
        lambda: elementwise(
            lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
            lambda x: jnp.where(x > 0, 0.5 / jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
            *(-1.0, 1.0, -2.0),
        ),
        "agrees",
    ),
    "a root guarded once, wrong by hand": (
        lambda: elementwise(
            lambda x: jnp.where(x > 0, jnp.sqrt(x), x),
            lambda x: jnp.where(x > 0, 0.5 / jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0),
            *(-1.0, 1.0, -2.0),
        ),
        "wrong",
    ),
    "length of a zero row": (
        lambda: Problem(
            lambda x: jnp.sum(lengths(x)),
            lambda x: jnp.where(lengths(x) > 0, x / jnp.maximum(lengths(x), 1e-30), 0.0),
            (draw(4, 3).at[1].set(0.0),),
        ),
        "kink",
    ),
    "softplus at 0": (
        lambda: elementwise(lambda x: jnp.logaddexp(x, 0.0), jax.nn.sigmoid, 0.0, 1.0),
        "agrees",
    ),
    "logaddexp of equals": (
        lambda: Problem(lambda x: jnp.logaddexp(x[0], x[1]), jax.nn.softmax, (jnp.zeros(2),)),
        "agrees",
    ),
    "wrong at one smooth point": (
        lambda: elementwise(jnp.sin, lambda x: slope_at(x, 0, 0.0, jnp.cos(x)), 0.5, 0.0, 2.0),
        "wrong",
    ),
    "wrong at a number of its own": (
        lambda: elementwise(lambda x: x**3, lambda x: slope_at(x, 1, 7.0, 3 * x**2), 0.5, 1.0, 2.0),
        "wrong",
    ),
}


@pytest.mark.parametrize("name", ONE_LEAF)
def test_verdict(name):
    make, verdict = ONE_LEAF[name]
    (node,) = make().ask().nodes
    assert node.verdict == verdict


def test_equal_rows():
    assert verdicts(pooled_rows().ask()) == {"z": "kink", "w": "agrees"}


def test_what_is_said_of_a_special_point():
    (kink,) = ONE_LEAF["abs at 0"][0]().ask().nodes
    assert kink.note == "a kink: each side has one of its slopes"
    (wrong,) = ONE_LEAF["wrong at one smooth point"][0]().ask().nodes
    assert wrong.note == "right around this point, wrong at it"
    (blind,) = ONE_LEAF["a root guarded once"][0]().ask().nodes
    assert blind.note == "autodiff is nan, numeric differentiation sides with the hand"
    report = ONE_LEAF["abs at 0, slope 1.5"][0]().ask(explain=True)
    assert report.diagnosis is not None
    assert report.diagnosis.kind == "wrong-at-kink"


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_not_finite_on_both_sides_is_no_agreement(value):
    at = {"nan": -1.0, "inf": 0.0}[value]
    report = elementwise(jnp.sqrt, lambda x: 0.5 / jnp.sqrt(x), at, 2.0).ask()
    assert not report.agrees
    (node,) = report.nodes
    assert node.verdict == "unchecked"
    assert node.note == "not finite on either side: nothing was compared"


def cubed_root(x):
    """(1 - x^2)^1.5, in a way that autodiff has 0 * inf at the ends of its domain."""
    return jnp.sqrt(1 - x**2) ** 3


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("at_the_end", "verdict"), [(0.0, {"agrees", "kink"}), (7.0, {"wrong", "unchecked"})]
)
def test_the_end_of_a_domain(at_the_end, verdict, seed):
    """There is no point beyond: the slope there is what those before it tend to."""
    derivation = elementwise(
        cubed_root,
        lambda x: jnp.where(x == 1, at_the_end, -3 * x * jnp.sqrt(1 - x**2)),
        1.0,
        0.3,
    )
    (node,) = derivation.ask(seed=seed).nodes
    assert node.verdict in verdict


def test_what_lies_beyond_what_autodiff_has_numbers_for_is_unchecked():
    """At zero autodiff has no number, beyond it none either, and nothing tends to the hand's."""
    (node,) = (
        elementwise(
            lambda x: x * jnp.sqrt(x),
            lambda x: 1.5 * jnp.sqrt(x) - jnp.where(x == 0, 3.0, 0.0),
            0.0,
            1.0,
        )
        .ask()
        .nodes
    )
    assert node.verdict == "unchecked"


MASK = jnp.asarray([1.0, 0.0, 1.0, 0.0])


@pytest.mark.parametrize(
    "mask",
    [lambda m: m > 0, lambda m: m != 0, lambda m: jnp.sum(jnp.abs(m[:, None]), axis=1) > 0],
    ids=["sign", "zero", "computed"],
)
def test_a_mask_in_the_data_is_no_kink(mask):
    """The gradient jumps with the mask, but the mask is no parameter."""

    def loss(w, m):
        return jnp.sum(jnp.where(mask(m), jnp.exp(w), 0.0))

    report = Problem(loss, lambda w, m: jnp.exp(w), (draw(4), MASK)).ask()
    assert report.first_wrong == "w"
    assert report.nodes[0].verdict == "wrong"


@pytest.mark.parametrize(
    "x", [jnp.array([0.3, -0.2, 0.5, 0.1]), jnp.zeros(4), jnp.array([2.0, 2.0, 1.0, 3.0])]
)
@pytest.mark.parametrize("split", [True, False])
def test_the_largest_of_a_segment_pays_once_however_often_it_is_met(x, split):
    weights, ids = jnp.array([0.7, -1.3]), jnp.array([0, 0, 1, 1])

    def loss(x):
        return jnp.sum(weights * jax.ops.segment_max(x, ids, 2))

    def gradient(x):
        met = (x == jax.ops.segment_max(x, ids, 2)[ids]).astype(x.dtype)
        times = jax.ops.segment_sum(met, ids, 2) if split else jnp.ones(2, x.dtype)
        return met * (weights / times)[ids]

    assert check_gradient(loss, gradient, x).agrees == split


def test_at_the_edge_of_what_autodiff_has_numbers_for_the_right_slope_passes():
    """At zero it divides zero by zero, below there is no function; 1.5 sqrt(x) is right."""

    def loss(x):
        return jnp.sum(jnp.exp(1.5 * jnp.log(x)))

    report = check_gradient(loss, lambda x: 1.5 * jnp.sqrt(x), jnp.array([0.0, 1.0, 2.0]))
    assert report.agrees
    at_one = check_gradient(loss, lambda x: 1.5 * jnp.sqrt(x) + jnp.sign(x), jnp.array([0.0, 1.0]))
    assert [node.verdict for node in at_one.nodes] == ["wrong"]
