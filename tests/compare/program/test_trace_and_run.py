"""A traced program computes what the function does, written out or not, on NumPy and on JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.ad_checkpoint import checkpoint_name

from compare.program import run, trace, trace_of, with_float64

ROWS, COLUMNS = 3, 4

#: name -> a step from [ROWS, COLUMNS] to [ROWS, COLUMNS]
STEPS = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,  # carries a rule of its own
    "softplus": jax.nn.softplus,
    "softmax": jax.nn.softmax,
    "scale": lambda x: 0.5 * x + 1,
    "centre": lambda x: x - jnp.mean(x, axis=0, keepdims=True),
    "matmul": lambda x: x @ (x.T @ x) / 10,
    "transpose": lambda x: x.T.reshape(x.shape),
    "where": lambda x: jnp.where(x > 0, x, -0.1 * x),
    "clip": lambda x: jnp.clip(x, -0.5, 0.7),
    "sort": lambda x: jnp.sort(x, axis=1),
    "roll": lambda x: jnp.roll(x, 1, axis=0),
    "cumsum": lambda x: jnp.cumsum(x, axis=1, dtype=x.dtype),
    "one row": lambda x: x.at[1].set(2 * x[0]),
    "gather": lambda x: x[np.array([2, 0, 1])],
    "pad": lambda x: jnp.pad(x, ((1, 0), (0, 2)))[:-1, 2:],
    "concatenate": lambda x: jnp.concatenate([x[1:], x[:1]]),
    "einsum": lambda x: jnp.einsum("ij,kj->ik", x, x) @ x / 10,
    "jit": jax.jit(lambda x: jnp.sin(jax.jit(jnp.cos)(x))),
    "remat": jax.checkpoint(jnp.sin),
    "named": lambda x: checkpoint_name(2 * x, "twice"),
    "stopped": lambda x: x + jax.lax.stop_gradient(x),
    "vmap": jax.vmap(lambda row: row / (1 + jnp.sum(row**2))),
    "scan": lambda x: jax.lax.scan(lambda h, row: (jnp.tanh(h + row),) * 2, x[0] * 0, x)[1],
    "backwards": lambda x: jax.lax.scan(lambda h, r: (h + r, h * r), x[0], x, reverse=True)[1],
    "cond": lambda x: jax.lax.cond(jnp.sum(x) > 0, jnp.sin, lambda y: 2 * y, x),
    "switch": lambda x: jax.lax.switch(jnp.argmax(x[0]), [jnp.sin, jnp.cos, jnp.tanh], x),
    "while": lambda x: jax.lax.while_loop(lambda y: jnp.sum(y**2) > 1, lambda y: y / 2, x),
    "fori": lambda x: jax.lax.fori_loop(0, 3, lambda i, y: y * 1.1 + i, x),
}


def composed(names):
    def function(x):
        values = [x]
        for name in names:
            values.append(STEPS[name](values[-1]))
        return values[-1], jnp.sum(values[-1] * values[0])

    return function


def floats(seed):
    return np.random.default_rng(seed).standard_normal((ROWS, COLUMNS))


chains = st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5)


@pytest.mark.parametrize("name", STEPS)
def test_each_step_in_float64(name):
    _reproduces([name], 0)


@settings(max_examples=25)
@given(names=chains, seed=st.integers(0, 9))
def test_chains_in_float64(names, seed):
    _reproduces(names, seed)


def _reproduces(names, seed):
    function, x = composed(names), floats(seed)
    with with_float64():
        wanted = jax.tree.leaves(function(jnp.asarray(x)))
        traced = trace_of(function, jnp.asarray(x))
        for program in (traced.as_it_is, traced.unrolled, traced.on_paper):
            found = run(program, [x])
            for value, right in zip(found, wanted, strict=True):
                np.testing.assert_allclose(value, right, rtol=1e-11, atol=1e-12)
                assert np.asarray(value).dtype == np.float64


@settings(max_examples=5)
@given(names=chains, seed=st.integers(0, 9))
def test_chains_compiled_in_float32(names, seed):
    function, x = composed(names), jnp.asarray(floats(seed), jnp.float32)
    program, shape = trace(function, x)
    assert [leaf.shape for leaf in jax.tree.leaves(shape)] == [(ROWS, COLUMNS), ()]
    found = jax.jit(lambda x: run(program, [x]))(x)
    for value, right in zip(found, jax.tree.leaves(jax.jit(function)(x)), strict=True):
        assert value.dtype == jnp.float32
        np.testing.assert_allclose(value, right, rtol=1e-4, atol=1e-5)


@settings(max_examples=5)
@given(names=chains.filter(lambda names: "while" not in names), seed=st.integers(0, 9))
def test_the_derivative_is_the_functions(names, seed):
    function, x = composed(names), jnp.asarray(floats(seed), jnp.float32)
    program, _ = trace(function, x)
    found = jax.grad(lambda x: run(program, [x])[1])(x)
    np.testing.assert_allclose(found, jax.grad(lambda x: function(x)[1])(x), rtol=1e-4, atol=1e-4)


def test_values_can_be_changed_and_asked_for():
    def function(x):
        y = checkpoint_name(x * 2, "y")
        return y + 1, jnp.sum(y)

    program, _ = trace(function, jnp.ones(3))
    (y,) = program.named["y"]
    outer, total, seen = run(program, [np.ones(3)], {y: lambda v: v + 10}, also=[y])
    assert outer.tolist() == [13.0] * 3
    assert total == 36.0
    assert seen.tolist() == [2.0] * 3  # as computed, before the change


def test_an_output_may_be_an_input_or_a_constant():
    table = np.arange(3.0)
    program, _ = trace(lambda x: (x, jnp.asarray(table), 2.0), jnp.ones(2))
    x, constant, number = run(program, [np.full(2, 5.0)])
    assert x.tolist() == [5.0, 5.0]
    assert np.asarray(constant).tolist() == table.tolist()
    assert number == 2.0


def test_casts_are_forgotten_on_paper_and_kept_otherwise():
    def function(x):
        return jnp.sum(x.astype(jnp.bfloat16).astype(jnp.float32) * 3) / 3

    x = np.array([1.001, 2.003])
    with with_float64():
        traced = trace_of(function, jnp.asarray(x))
        (exact,), (rough,) = run(traced.on_paper, [x]), run(traced.as_it_is, [x])
    assert exact == pytest.approx(x.sum(), rel=1e-15)
    assert rough != pytest.approx(x.sum(), rel=1e-5)
    narrowest = traced.as_it_is.narrowest()
    assert narrowest is not None
    assert narrowest.rounding == float(jnp.finfo(jnp.bfloat16).eps)


@pytest.mark.parametrize("length", [5, 100], ids=["written out", "long"])
def test_loops_on_paper_compute_in_float64(length):
    rows = np.random.default_rng(0).standard_normal((length, 3))

    def function(w):
        def step(h, row):
            return jnp.tanh(w.astype(jnp.float32) * h + row.astype(jnp.float32)), None

        h, _ = jax.lax.scan(step, jnp.zeros(3, jnp.float32), jnp.asarray(rows))
        double = jax.lax.while_loop(lambda s: jnp.max(s) < 50, lambda s: 2 * s, jnp.abs(h))
        return jnp.sum(double)

    w = rows[0] / 3
    h = np.zeros(3)
    for row in rows:
        h = np.tanh(w * h + row)
    s = np.abs(h)
    while s.max() < 50:
        s = 2 * s
    with with_float64():
        (found,) = run(trace_of(function, jnp.asarray(w)).on_paper, [w])
    assert found == pytest.approx(s.sum(), rel=1e-12)


def test_names_inside_loops_come_in_the_order_of_the_index():
    def function(x, backwards):
        def step(h, row):
            return checkpoint_name(h + row, "z"), None

        return jax.lax.scan(step, 0.0, x, reverse=backwards)[0]

    for backwards, wanted in ((False, [1, 3, 6]), (True, [6, 5, 3])):
        traced = trace_of(lambda x, b=backwards: function(x, b), jnp.ones(3))
        assert "z" not in traced.as_it_is.named
        values = traced.unrolled.named["z"]
        found = run(traced.unrolled, [np.array([1.0, 2.0, 3.0], np.float32)], also=values)[1:]
        assert [float(value) for value in found] == wanted


def test_keys_and_integers_run_along():
    def function(key, x, i):
        return jax.random.normal(key, (3,), x.dtype) * x[i]

    key, x, i = jax.random.key(0), jnp.arange(4.0), jnp.int32(2)
    with with_float64():
        traced = trace_of(lambda x: function(key, x, i), jnp.asarray(x, jnp.float64))
        (found,) = run(traced.on_paper, [np.arange(4.0)])
        np.testing.assert_allclose(found, function(key, jnp.asarray(x, jnp.float64), i))
        assert isinstance(found, np.ndarray)


def test_prints_are_left_out():
    def function(x):
        jax.debug.print("{}", x)
        return x + 1

    program, _ = trace(function, jnp.ones(2))
    assert [equation.primitive for equation in program.equations] == ["add"]


def test_what_feeds_what():
    program, _ = trace(lambda x, y: (x * 2 + 1, jnp.sin(y)), jnp.ones(2), jnp.ones(2))
    first, second = program.outputs
    x, y = program.inputs
    assert x in program.feeding([first])
    assert y not in program.feeding([first])
    assert second in program.fed_by([y])
    assert first not in program.fed_by([y])
    assert program.first_use(y) == program.writer[second]
    assert program.first_use(first) == -1


def test_what_autodiff_wrote_is_marked():
    def function(x):
        value, pull = jax.vjp(jnp.sin, x)
        return pull(3 * value)[0] * 2

    program, _ = trace(function, jnp.ones(2))
    marked = {e.primitive for e in program.equations if e.derived}
    own = {e.primitive for e in program.equations if not e.derived}
    assert {"sin", "cos"} <= marked
    assert own == {"mul"}
