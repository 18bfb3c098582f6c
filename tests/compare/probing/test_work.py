"""The work of a program is counted, not timed."""

import jax.numpy as jnp

from compare.probing.work import EACH, work
from compare.program import trace


def test_a_matrix_product_costs_its_multiplications_and_additions():
    program, _ = trace(lambda a, b: a @ b, jnp.ones((30, 40)), jnp.ones((40, 50)))
    assert work(program) == EACH + 2 * 30 * 40 * 50 + 30 * 40 + 40 * 50 + 30 * 50


def test_more_equations_are_more_work():
    short, _ = trace(lambda a: jnp.sin(a), jnp.ones(7))
    long, _ = trace(lambda a: jnp.sin(jnp.sin(a)), jnp.ones(7))
    assert work(long) == 2 * work(short)
