"""Right on paper only: from where on it breaks, and how many digits are left."""

import re

import jax
import jax.numpy as jnp

from compare import check_gradient


def test_where_exp_overflows():
    z = jnp.array([1.0, 95.0, -3.0])
    report = check_gradient(
        lambda z: jnp.sum(jax.nn.softplus(z)), lambda z: jnp.exp(z) / (1 + jnp.exp(z)), z
    )
    assert report.diagnosis.kind == "numerically-unstable"
    found = re.search(r"where its argument is ([\d.]+) or further", report.diagnosis.evidence)
    assert found is not None
    assert abs(float(found[1]) - 88.72) < 0.01  # log of the largest float32
    assert "here it reaches 95" in report.diagnosis.evidence


def test_digits_left():
    report = check_gradient(
        lambda z: jnp.sum(jnp.expm1(z) ** 2),
        lambda z: 2 * (jnp.exp(z) - 1) * jnp.exp(z),
        jnp.array([1e-4, 2e-5]),
        vary=False,
    )
    assert report.diagnosis.kind == "precision-loss"
    assert "of the 6.9 decimal digits of float32 it keeps" in report.diagnosis.evidence
