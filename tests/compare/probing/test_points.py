"""Moves, comparisons, the search for unseen sides, shrinking, and writing inputs down."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.probing import (
    Field,
    Watch,
    as_python,
    fields_of,
    loosened,
    moves,
    reach,
    shrink,
)
from compare.probing.domain import thresholds
from compare.program import run, trace, with_float64


def traced(function, *values):
    with with_float64():
        return trace(function, *map(jnp.asarray, values), write_out=True)[0]


def free(name, value, differentiated=True):
    return Field(name, np.asarray(value, np.float64), "free", (), differentiated)


def test_moves_reach_zeros_signs_scales_and_ties():
    field = free("x", [0.3, 0.7, 1.1])
    points = [p.inputs[0] for p in moves([field], np.random.default_rng(0))]
    assert any((p == 0).all() for p in points)
    assert any((p < 0).all() for p in points)
    assert any(np.abs(p).max() >= 1e3 for p in points)
    assert any(p[0] == p[1] != p[2] for p in points)


def test_every_argument_has_its_turn_at_one_change_before_the_next():
    values = [np.array([0.5, -1.2]), np.array([[0.3, 0.4]])]
    fields = [Field(name, value, "free") for name, value in zip("xy", values, strict=True)]
    told = [probe.why for probe in moves(fields, np.random.default_rng(0))]
    of_each = [why for why in told if why.startswith(("x ", "y "))]
    assert of_each[:4] == ["x zero", "y zero", "x with one zero", "y with one zero"]


def test_fixed_inputs_do_not_move():
    field = Field("key", np.array([3, 4], np.uint32), "fixed")
    points = moves([field, free("x", [0.5])], np.random.default_rng(0))
    assert all(np.array_equal(p.inputs[0], field.value) for p in points)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param(np.ones(3, bool), "bits", id="all-true"),
        pytest.param(np.array([True, False]), "fixed", id="mixed mask"),
        pytest.param(np.array([2, 0, 2]), "few", id="labels"),
        pytest.param(np.array([4, 4]), "few", id="lengths"),
        pytest.param(np.array([1, 0, 2, 3]), "shuffled", id="permutation"),
        pytest.param(np.array([-1, 0, 2]), "few", id="padding ids"),
        pytest.param(np.array(2), "few", id="a shift"),
        pytest.param(np.array(0), "fixed", id="no shift"),
        pytest.param(np.array([7, 8], np.uint32), "fixed", id="key"),
        pytest.param(np.ones(3), "bits", id="weights"),
        pytest.param(np.array([1.0, -1.0, 1.0]), "few", id="signs"),
        pytest.param(np.array(4.0), "fixed", id="a count"),
        pytest.param(np.array(0.1), "free", id="a number"),
    ],
)
def test_how_data_may_vary(value, kind):
    x = np.arange(4.0)
    program = traced(lambda x, d: jnp.sum(x) + jnp.sum(d), x, value)
    assert fields_of(["x", "d"], [x, value], [0], program)[1].kind == kind


def test_a_threshold_keeps_its_sign():
    def huber(r, d):
        a = jnp.abs(r)
        return jnp.sum(jnp.where(a <= d, 0.5 * r * r, d * (a - 0.5 * d)))

    r, d = np.array([0.2, -2.0]), np.array(3.0)
    program = traced(huber, r, d)
    assert thresholds(program) == {1}
    assert fields_of(["r", "d"], [r, d], [0, 1], program)[1].fit(np.array(-5.0)) == 5.0


def test_a_slope_is_no_threshold():
    program = traced(lambda x, a: jnp.sum(jnp.where(x > 0, x, a * x)), np.ones(3), np.array(0.1))
    assert thresholds(program) == set()


@pytest.mark.parametrize("limit", [-40.0, 1e-7, 0.3, 2e4])
def test_the_other_side_is_reached(limit):
    x = np.array([1.0, 2.0])
    program = traced(lambda x: jnp.sum(jnp.where(x * x > limit**2, x, 0.0)), x)
    watch, field = Watch(program), free("x", x)
    watch.note(run(program, [x], also=watch.values)[1:])
    ((comparison, side),) = watch.missing()
    found = reach(program, comparison, side, [field], [[x]], np.random.default_rng(0))
    assert found is not None
    watch.note(run(program, found, also=watch.values)[1:])
    assert not watch.missing()


def test_ties_are_decided_by_lot():
    program = traced(jax.grad(lambda x: jnp.maximum(x, 0.0)), np.array(0.0))
    rng = np.random.default_rng(0)
    found = {float(loosened(program, [np.array(0.0)], 1e-16, rng)[0]) for _ in range(30)}
    assert {0.0, 1.0} <= found


def test_shrinking_keeps_what_tells_only():
    fields = [free("x", [0.5, 0.25, 0.75]), free("y", [1.0])]
    wild = [np.array([3.14159, -2.71828, 8.5]), np.array([77.7])]
    small = shrink(fields, wild, lambda inputs: inputs[0][1] < 0)
    np.testing.assert_array_equal(small[0], [0.5, -3.0, 0.75])
    np.testing.assert_array_equal(small[1], [1.0])


def test_inputs_can_be_pasted():
    big = np.arange(20.0)
    changed = big.copy()
    changed[3] = 0.0
    pairs = [
        (free("a", 0.1), np.array(-1.0), "a = -1.0"),
        (free("x", [0.5, 2.0]), np.array([0.5, -3.0]), "x = jnp.array([0.5, -3.0])"),
        (free("z", [[0.5, 2.0]]), np.zeros((1, 2)), "z = jnp.full((1, 2), 0.0)"),
        (free("w", big), changed, "w = w.at[3].set(0.0)"),
        (free("v", [0.5, 2.0]), np.array([-0.5, -2.0]), "v = -1.0 * v"),
        (
            Field("m", np.ones(2, bool), "bits"),
            np.array([True, False]),
            "m = jnp.array([True, False])",
        ),
        (free("same", [1.0]), np.array([1.0]), None),
    ]
    written = as_python([field for field, *_ in pairs], [value for _, value, _ in pairs])
    assert written == tuple(text for *_, text in pairs if text)
