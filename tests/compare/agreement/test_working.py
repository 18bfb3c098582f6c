"""Right on paper, but not in floating point: the second verdict."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.compare.agreement.problem import Problem, draw

#   loss of each z        derivation                             z                      kind
IMPRECISE = {
    "e^z / (1 + e^z) overflows": (
        lambda z: jnp.logaddexp(z, 0.0),
        lambda z: jnp.exp(z) / (1 + jnp.exp(z)),
        [1.0, 100.0, -3.0],
        "numerically-unstable",
        "right on paper, inf or nan in float32",
    ),
    "in float64, too": (
        lambda z: jnp.logaddexp(z, 0.0),
        lambda z: jnp.exp(z) / (1 + jnp.exp(z)),
        [1.0, 1000.0, -3.0],
        "numerically-unstable",
        "right on paper, inf or nan even in float64",
    ),
    "e^z - 1 cancels": (
        lambda z: jnp.expm1(z) ** 2,
        lambda z: 2 * (jnp.exp(z) - 1) * jnp.exp(z),
        [1e-5, 2e-5],
        "precision-loss",
        "right on paper, ",
    ),
    "sigmoid(z) - 1 cancels": (
        lambda z: jnp.logaddexp(0.0, -z),
        lambda z: jax.nn.sigmoid(z) - 1,
        [12.0, 14.0],
        "precision-loss",
        "right on paper, ",
    ),
}

FINE = {
    "sigmoid": (lambda z: jnp.logaddexp(z, 0.0), jax.nn.sigmoid, [1.0, 100.0, -3.0]),
    "1 - u²": (jnp.tanh, lambda z: 1 - jnp.tanh(z) ** 2, np.linspace(-5, 5, 41)),
    "1 - u², saturated": (jnp.tanh, lambda z: 1 - jnp.tanh(z) ** 2, [6.0, 7.0, 8.0]),
    "(1 - u) (1 + u)": (jnp.tanh, lambda z: (1 - jnp.tanh(z)) * (1 + jnp.tanh(z)), [20.0, -25.0]),
    "too small to hold": (lambda z: 1e-38 * z**3, lambda z: 3e-38 * z**2, [1e-3, 2e-3]),
}


def elementwise(function, slope, at) -> Problem:
    at = jnp.asarray(np.asarray(at, np.float32))
    return Problem(lambda z: jnp.sum(function(z)), slope, (at,))


@pytest.mark.parametrize("name", IMPRECISE)
def test_imprecise(name):
    function, slope, at, kind, note = IMPRECISE[name]
    report = elementwise(function, slope, at).ask(explain=True)
    assert not report.agrees
    (node,) = report.nodes
    assert node.verdict == "imprecise"
    assert node.note.startswith(note)
    assert report.diagnosis is not None
    assert report.diagnosis.kind == kind


@pytest.mark.parametrize("name", FINE)
def test_as_good_as_autodiff(name):
    report = elementwise(*FINE[name]).ask()
    assert report.agrees, str(report)


def test_a_mean_square_less_a_squared_mean():
    x = draw(50) + 1e3

    def variance_of(moment):
        return lambda x: 1.5 * jnp.sqrt(moment(x)) * 2 * (x - jnp.mean(x)) / x.size

    def loss(x):
        return jnp.mean((x - jnp.mean(x)) ** 2) ** 1.5

    cancels = variance_of(lambda x: jnp.mean(x * x) - jnp.mean(x) ** 2)
    stable = variance_of(lambda x: jnp.mean((x - jnp.mean(x)) ** 2))
    assert Problem(loss, stable, (x,)).ask().agrees
    (node,) = Problem(loss, cancels, (x,)).ask().nodes
    assert node.verdict == "imprecise"


def test_nan_by_both_in_working_precision_is_no_agreement():
    def loss(z):
        return jnp.sum(jnp.log(1 + jnp.exp(z)))

    report = elementwise(
        lambda z: jnp.log(1 + jnp.exp(z)), lambda z: jnp.exp(z) / (1 + jnp.exp(z)), [1.0, 100.0]
    ).ask()
    assert not report.agrees
    assert report.nodes[0].note == "inf or nan in float32, by hand and by autodiff"


def test_luck_of_autodiff_is_not_asked_for():
    """Sums of rows that nearly cancel: autodiff may hit the truth, nobody has to."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        x, t = (rng.standard_normal((2000, 3)).astype(np.float32) for _ in range(2))
        t = jnp.asarray(t - t.mean(axis=0) + x.mean(axis=0))

        def loss(b, x=x, t=t):
            return jnp.mean((jnp.asarray(x) + b[None] - t) ** 2)

        def gradient(b, x=x, t=t):
            return 2 * (
                jnp.sum(jnp.asarray(x), axis=0) / t.size + b / 3 - jnp.sum(t, axis=0) / t.size
            )

        report = Problem(loss, gradient, (jnp.zeros(3),)).ask()
        assert report.agrees, str(report)
