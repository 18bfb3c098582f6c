"""Which integers a loss sets apart, and which inputs it normalises itself."""

import jax.numpy as jnp
import numpy as np
import pytest

from compare.probing.markers import markers
from compare.probing.normalised import normalised
from compare.program import trace, with_float64

IDS = np.array([1, 0, 2])
TABLE = np.arange(6.0).reshape(3, 2)


def traced(function, *values):
    with with_float64():
        return trace(function, *map(jnp.asarray, values), write_out=True)[0]


@pytest.mark.parametrize(
    ("loss", "apart"),
    [
        pytest.param(lambda t, i: jnp.where(i[:, None] == -100, 0, t).sum(), (-100,), id="equal"),
        pytest.param(lambda t, i: jnp.where(i[:, None] >= 0, t, 0).sum(), (-1, 0), id="at least"),
        pytest.param(lambda t, i: jnp.where(i[:, None] < 3, t, 0).sum(), (2, 3), id="swapped"),
        pytest.param(lambda t, i: t[i].sum(), None, id="indices count from the end"),
        pytest.param(lambda t, i: (t * (i > i[0])[:, None]).sum(), None, id="with one another"),
    ],
)
def test_numbers_that_are_compared_with(loss, apart):
    assert markers(traced(loss, TABLE, IDS)).get(1) == apart


@pytest.mark.parametrize(
    ("loss", "own"),
    [
        pytest.param(lambda x: (x / jnp.sqrt((x * x).sum() + 1e-6))[0], True, id="length"),
        pytest.param(lambda x: (x / x.sum())[0], True, id="sum"),
        pytest.param(lambda x: (x / jnp.linalg.norm(x))[0], True, id="norm"),
        pytest.param(lambda x: (x @ x) * x[0], False, id="a square"),
        pytest.param(lambda x: (x / 2).sum(), False, id="another divisor"),
    ],
)
def test_divided_by_its_own_size(loss, own):
    assert (0 in normalised(traced(loss, TABLE[1]))) is own
