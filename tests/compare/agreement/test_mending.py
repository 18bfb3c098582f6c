"""What is wrong is told even if the search for its cause should break off."""

import jax.numpy as jnp
import pytest

from compare import check_gradient
from compare.agreement import mending


def test_the_verdict_outlives_the_search(monkeypatch):
    def broken(*_):
        raise LookupError("out of order")

    monkeypatch.setattr(mending, "repair", broken)
    with pytest.warns(RuntimeWarning, match=r"broke off \(LookupError: out of order\)"):
        report = check_gradient(lambda x: jnp.sum(x**3), lambda x: 2 * x**2, jnp.ones(3) / 3)
    assert [node.verdict for node in report.nodes] == ["wrong"]
    assert report.diagnosis is not None
    assert report.diagnosis.line > 0
