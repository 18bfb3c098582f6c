"""The caller's precision, casts inside, and arrays that were rounded before: none is a mistake."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.compare.agreement.problem import Problem, draw, verdicts


def network(dtype) -> Problem:
    def loss(params, x, t):
        w1, b, w2 = params
        return jnp.mean((jnp.tanh(x @ w1 + b[None]) @ w2 - t) ** 2)

    def gradient(params, x, t):
        w1, b, w2 = params
        u = jnp.tanh(x @ w1 + b[None])
        d = 2 * (u @ w2 - t) / t.size
        dz = (d @ w2.T) * (1 - u * u)
        return x.T @ dz, dz.sum(axis=0), u.T @ d

    params = tuple(draw(*shape).astype(dtype) for shape in ((7, 6), (6,), (6, 3)))
    data = draw(40, 7).astype(dtype), draw(40, 3).astype(dtype)
    return Problem(loss, gradient, (params, *data))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_each_precision(dtype):
    report = network(dtype).ask()
    assert report.agrees, str(report)
    assert {node.dtype for node in report.nodes} == {dtype}
    assert all(node.formula_error < 1e-12 for node in report.nodes)


def test_float64_that_the_caller_switched_on():
    with jax.enable_x64(True):
        report = network("float64").ask()
    assert report.agrees, str(report)
    assert all(node.working_error < 1e-13 for node in report.nodes)


def test_float64_off_again_afterwards():
    network("float32").ask()
    assert not jax.config.jax_enable_x64


def test_mixed_leaves():
    def loss(p):
        return jnp.sum(p["half"].astype(jnp.float32) * p["full"])

    def gradient(p):
        return {"half": p["full"].astype(jnp.bfloat16), "full": p["half"].astype(jnp.float32)}

    report = Problem(loss, gradient, ({"half": draw(4, dtype="bfloat16"), "full": draw(4)},)).ask()
    assert report.agrees
    assert {node.name: node.dtype for node in report.nodes} == {
        "p['half']": "bfloat16",
        "p['full']": "float32",
    }


def regression(cast_in_loss, cast_by_hand, factor=2.0) -> Problem:
    x, t = draw(20, 4), draw(20)

    def loss(w):
        u = jnp.tanh(x.astype(cast_in_loss) @ w.astype(cast_in_loss)).astype(w.dtype)
        return jnp.mean((u - t.astype(w.dtype)) ** 2)

    def gradient(w):
        u = jnp.tanh(x.astype(cast_in_loss) @ w.astype(cast_in_loss)).astype(w.dtype)
        d = factor * (u - t.astype(w.dtype)) / t.size * (1 - u * u)
        return (x.astype(cast_by_hand).T @ d.astype(cast_by_hand)).astype(w.dtype)

    return Problem(loss, gradient, (draw(4),))


@pytest.mark.parametrize("cast", ["bfloat16", "float16"])
def test_a_cast_inside_does_not_hide_a_fault(cast):
    right = regression(cast, cast).ask()
    assert right.agrees, str(right)
    assert right.nodes[0].formula_error < 1e-12
    assert not regression(cast, cast, factor=2.0002).ask().agrees


def test_a_narrow_computation_is_named():
    report = regression("bfloat16", "bfloat16").ask()
    assert len(report.notes) == 2
    assert report.notes[0].startswith("the loss computes in bfloat16 at ")
    assert report.notes[1].startswith("the hand computes in bfloat16 at ")
    assert report.notes[0].endswith("test_precision.py:67, narrower than its arguments")


def test_a_cast_by_hand_alone_is_imprecise():
    report = regression("float32", "bfloat16").ask()
    (node,) = report.nodes
    assert node.verdict == "imprecise"
    assert node.formula_error < 1e-12


def precomputed(gradient_factor=1.0) -> Problem:
    """The loss closes over a product made in float32; the derivation makes it afresh."""
    x, y = draw(50, 4), draw(50)
    a, b = x.T @ x, x.T @ y
    return Problem(
        lambda w: 0.5 * w @ (a.astype(w.dtype) @ w) - b.astype(w.dtype) @ w,
        lambda w: gradient_factor * (x.T.astype(w.dtype) @ (x.astype(w.dtype) @ w - y)),
        (draw(4),),
    )


def test_an_array_rounded_before():
    report = precomputed().ask()
    assert report.agrees, str(report)
    assert report.nodes[0].formula_error > 1e-10  # far above what float64 explains
    assert report.notes == ("w: agrees to the rounding of the arrays that one side closes over",)
    assert not precomputed(1.0001).ask().agrees


def test_a_number_rounded_before():
    tenth = jnp.float32(0.1)
    report = Problem(
        lambda w: jnp.sum(tenth.astype(w.dtype) * w**2), lambda w: 0.2 * w, (draw(4),)
    ).ask()
    assert report.agrees, str(report)


def test_what_both_sides_close_over_is_exact():
    x, y = draw(50, 4), draw(50)

    def gradient(factor):
        return lambda w: factor * (x.T @ (x @ w - y)) / 50

    def loss(w):
        return jnp.mean((x @ w - y) ** 2)

    assert Problem(loss, gradient(2.0), (draw(4),)).ask().agrees
    report = Problem(loss, gradient(2.000002), (draw(4),)).ask()
    assert report.nodes[0].verdict == "wrong"
    assert not report.notes


def recurrence(length) -> Problem:
    """A carry of float32, whatever comes in: it cannot be traced in float64."""
    rows = draw(length, 3)

    def loss(w):
        def step(h, row):
            return jnp.tanh(w * h + row), None

        return jnp.sum(jax.lax.scan(step, jnp.zeros(3, jnp.float32), rows)[0] ** 2)

    def gradient(w):
        def step(h, row):
            new = jnp.tanh(w * h + row)
            return new, (h, new)

        last, (before, after) = jax.lax.scan(step, jnp.zeros(3, jnp.float32), rows)

        def back(carry, pair):
            dh, dw = carry
            h, new = pair
            dz = dh * (1 - new * new)
            return (dz * w, dw + dz * h), None

        start = 2 * last, jnp.zeros(3, jnp.float32)
        return jax.lax.scan(back, start, (before, after), reverse=True)[0][1]

    return Problem(loss, gradient, (draw(3),))


@pytest.mark.parametrize("length", [7, 90], ids=["written out", "long"])
def test_a_function_that_insists_on_float32(length):
    report = recurrence(length).ask()
    assert report.agrees, str(report)
    assert report.nodes[0].formula_error < 1e-12


def test_an_assertion_on_the_dtype():
    def loss(w):
        assert w.dtype == jnp.float32
        return jnp.sum(w**2) / 3

    assert Problem(loss, lambda w: (2 / 3) * w, (draw(3),)).ask().agrees  # 1/3 is rounded
    assert not Problem(loss, lambda w: 0.667 * w, (draw(3),)).ask().agrees


def test_numpy_arrays_of_float64():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((5, 3)), rng.standard_normal(3)
    report = Problem(
        lambda w, x: jnp.sum((x @ w) ** 2), lambda w, x: 2 * x.T @ (x @ w), (w, x)
    ).ask()
    assert verdicts(report) == {"w": "agrees"}
    assert report.setting.dtype == "float32"  # as JAX has it without x64
