"""What only rounding explains is no mistake, however badly digits cancel; what it does not, is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient
from tests.compare.agreement.problem import Problem, draw


def normalized(z):
    centered = z - z.mean(axis=0, keepdims=True)
    return centered / jnp.sqrt(jnp.mean(centered**2, axis=0, keepdims=True) + 1e-5)


def batch_norm(bias_gradient) -> Problem:
    """A batch norm takes the mean out, so the bias before it has no effect at all."""
    x, t = draw(16, 5), draw(16, 4)

    def loss(params):
        return jnp.sum((normalized(x @ params["w"] + params["b"][None]) - t) ** 2)

    def gradient(params):
        z = x @ params["w"] + params["b"][None]
        centered = z - z.mean(axis=0, keepdims=True)
        scale = 1 / jnp.sqrt(jnp.mean(centered**2, axis=0, keepdims=True) + 1e-5)
        h = centered * scale
        dh = 2 * (h - t)
        along = h * jnp.mean(dh * h, axis=0, keepdims=True)
        dz = scale * (dh - dh.mean(axis=0, keepdims=True) - along)
        return {"w": x.T @ dz, "b": bias_gradient(dz)}

    return Problem(loss, gradient, ({"w": draw(5, 4), "b": draw(4)},))


def softmax_shift(gradient) -> Problem:
    x = draw(6, 5)
    return Problem(lambda c: jnp.sum(jax.nn.softmax(x + c) ** 2), gradient(x), (jnp.float32(0.3),))


def by_the_jacobian(x):
    def gradient(c):
        p = jax.nn.softmax(x + c)
        dp = 2 * p
        return jnp.sum(p * (dp - jnp.sum(p * dp, axis=-1, keepdims=True)))

    return gradient


def tiny_beside_huge() -> Problem:
    def loss(p):
        return jnp.sum(1e-12 * p["tiny"] ** 2) + jnp.sum(1e12 * p["huge"] ** 3)

    def gradient(p):
        return {"tiny": 2e-12 * p["tiny"], "huge": 3e12 * p["huge"] ** 2}

    return Problem(loss, gradient, ({"tiny": draw(4, scale=1e-10), "huge": draw(3, scale=1e8)},))


def many_rows() -> Problem:
    x, y = draw(100_000, 3), draw(100_000)

    def gradient(w, x, y):
        return 2 * x.T @ (x @ w - y) / x.shape[0]

    return Problem(lambda w, x, y: jnp.mean((x @ w - y) ** 2), gradient, (draw(3), x, y))


def ill_conditioned() -> Problem:
    n = np.arange(8)
    hilbert = jnp.asarray((1 / (n[:, None] + n[None] + 1)).astype(np.float32))

    def gradient(b):
        a = hilbert.astype(b.dtype)
        return jnp.linalg.solve(a.T, jnp.linalg.solve(a, b))

    return Problem(
        lambda b: 0.5 * jnp.sum(jnp.linalg.solve(hilbert.astype(b.dtype), b) ** 2),
        gradient,
        (draw(8),),
    )


def digits_cancel() -> Problem:
    """(1 - cos x) / x² loses half its digits at 1e-4, on both sides."""
    return Problem(
        lambda x: jnp.sum((1 - jnp.cos(x)) / x**2),
        lambda x: jnp.sin(x) / x**2 - 2 * (1 - jnp.cos(x)) / x**3,
        (jnp.asarray([0.9, 2.0, 1e-1]),),
    )


def simplex() -> Problem:
    p = jnp.asarray([1e-7, 1e-3, 0.3, 0.6989999])
    return Problem(lambda p: -jnp.sum(p * jnp.log(p)), lambda p: -jnp.log(p) - 1, (p,))


RIGHT = {
    "bias before a batch norm": lambda: batch_norm(lambda dz: dz.sum(axis=0)),
    "the same, written as zero": lambda: batch_norm(lambda dz: jnp.zeros_like(dz[0])),
    "shift of a softmax": lambda: softmax_shift(by_the_jacobian),
    "the same, written as zero ": lambda: softmax_shift(lambda x: jnp.zeros_like),
    "softmax sums to one": lambda: Problem(
        lambda x: jnp.sum(jax.nn.softmax(x)), jnp.zeros_like, (draw(6, 5),)
    ),
    "a tiny leaf beside a huge one": tiny_beside_huge,
    "a hundred thousand rows": many_rows,
    "an ill-conditioned system": ill_conditioned,
    "digits that cancel": digits_cancel,
    "probabilities near 0": simplex,
    "a loss that is constant": lambda: Problem(
        lambda w: jnp.sum(w * 0), jnp.zeros_like, (draw(3),)
    ),
    "a product with a zero in it": lambda: Problem(
        jnp.prod,
        lambda x: jnp.stack([jnp.prod(jnp.delete(x, k)) for k in range(4)]),
        (jnp.asarray([0.0, 2.0, 3.0, -1.0]),),
    ),
    "logits of ten thousand": lambda: Problem(
        lambda z: jnp.sum(jnp.logaddexp(z, 0.0)),
        jax.nn.sigmoid,
        (jnp.asarray([1e4, -1e4, 50.0, -100.0]),),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_no_false_alarm(name):
    report = RIGHT[name]().ask()
    assert report.agrees, str(report)
    assert all(node.verdict == "agrees" for node in report.nodes), str(report)
    assert not report.notes


def test_a_gradient_of_zero_is_measured_by_the_terms_that_cancel():
    report = RIGHT["bias before a batch norm"]().ask()
    (bias,) = [node for node in report.nodes if node.name == "params['b']"]
    assert bias.formula_error < 1e-14
    assert bias.working_error < 1e-5
    assert np.isnan(bias.ratio)
    (warning,) = [w for w in report.coverage.warnings if "params['b']" in w]
    assert warning.startswith("the gradient of params['b'] is zero in every element")


def test_a_wrong_gradient_where_the_right_one_is_zero():
    report = batch_norm(lambda dz: 1e-3 + dz.sum(axis=0)).ask()
    assert report.first_wrong == "params['b']"
    assert [node.name for node in report.wrong] == ["params['b']"]


@pytest.mark.parametrize("fault", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("name", ["a hundred thousand rows", "a tiny leaf beside a huge one"])
def test_a_small_fault_is_seen_all_the_same(name, fault):
    right = RIGHT[name]()

    def gradient(*args):
        return jax.tree.map(lambda g: g * (1 + fault), right.gradient(*args))

    report = right._replace(gradient=gradient).ask()
    assert not report.agrees
    assert all(node.verdict == "wrong" for node in report.nodes)


def test_the_floor_is_what_rounding_allows():
    report = RIGHT["digits that cancel"]().ask()
    (node,) = report.nodes
    assert report.coverage.floors == {"x": node.allowance}
    assert 1e-13 < node.allowance < 1e-8
    assert node.formula_error < 0.1 * node.allowance


def test_below_the_normal_numbers_roundings_are_no_longer_relative():
    """exp(-740) has few digits left; what is made of it differs in the last."""
    x = np.linspace(38.0, 38.4, 20)

    def loss(scale):
        return jnp.sum(jnp.exp(-(x**2) / 2) * scale)

    def gradient(scale):
        return jnp.exp(-(x**2) / 2) * 0.3 / 0.3

    with jax.enable_x64(True):
        scale = jnp.ones(20)
        assert check_gradient(loss, gradient, scale).agrees
        wrong = check_gradient(loss, lambda scale: 2 * gradient(scale), scale)
    assert not wrong.agrees
