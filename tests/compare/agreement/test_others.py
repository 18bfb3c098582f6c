"""An edit has to hold where it was found, at the caller's inputs, and at wilder ones."""

import jax.numpy as jnp

from compare import check_gradient, check_rule


def test_an_edit_holds_at_the_callers_inputs_too():
    def weighted(p, power):
        return jnp.sum(-((1 - p) ** power) * jnp.log(p))

    def pull(power, p, g):
        rest = (1 - p) ** (power - 1)
        return (g * (2 * rest * jnp.log(p) - rest * (1 - p) / p),)

    p = jnp.array([0.2, 0.5, 0.7])
    report = check_rule(
        weighted, lambda p, n: (weighted(p, n), p), pull, p, 2.0, nondiff_argnums=(1,)
    )
    assert report.diagnosis.verified
    assert "(power / 2)" in report.diagnosis.edit  # 2 / power is right at -2 and 2 only


def test_an_edit_holds_at_other_scales_too():
    """Of numbers as small as these, x * expm1(x * w) is nothing, and x is as good as the right."""
    report = check_gradient(
        lambda w, x: jnp.sum(jnp.expm1(x * w)),
        lambda w, x: x * jnp.expm1(x * w),
        jnp.array([1.3e-12, -0.4e-12, 0.8e-12]),
        jnp.array([0.7e-12, 1.1e-12, -0.2e-12]),
    )
    assert report.diagnosis.edit == "`jnp.expm1(x * w)` -> `jnp.exp(x * w)`"
