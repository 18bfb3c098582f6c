"""Iterations that have come to rest, and those that have not."""

import jax
import jax.numpy as jnp
import numpy as np

from compare.program import trace, unrest, with_float64


def by(loop, x):
    with with_float64():
        program, _ = trace(loop, jnp.asarray(x, jnp.float64))
        return unrest(program, [np.asarray(x)])


def repeated(x):
    return jax.lax.fori_loop(0, 60, lambda _, y: jnp.cos(y) * x, x)


def until(x):
    def far(pair):
        return jnp.abs(pair[0] - pair[1]) > 1e-12

    return jax.lax.while_loop(far, lambda pair: (jnp.cos(pair[0]) * 0.5 * x, pair[0]), (x, x + 1))


def test_at_rest_and_not():
    (settled,), (restless,) = by(repeated, 0.5), by(repeated, 2.0)
    assert settled < 1e-12
    assert restless > 1e-3


def test_a_loop_with_a_condition():
    (settled,) = by(lambda x: until(x)[0], 0.7)
    assert settled < 1e-10


def test_a_scan_over_data_is_no_iteration():
    def total(x):
        return jax.lax.scan(lambda c, row: (c + row * x, c), x, jnp.arange(3.0))[0]

    assert by(total, 0.5) == []
