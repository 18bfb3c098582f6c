"""A break by numbers that compiled code takes for 0 is told apart from one of the form."""

import jax.numpy as jnp
import numpy as np
import pytest

from compare.lectures.extremes import breaks
from compare.lectures.gradual import Gradual
from compare.lectures.question import Question
from manual_backprop.lectures import entries


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_small_numbers_are_kept_or_taken_for_zero(precision: str) -> None:
    import jax

    with jax.enable_x64(True):
        tiny = jnp.asarray(np.finfo(precision).tiny, precision)
        form = Gradual(lambda x: x / 4 * 8, [tiny])
        there = [np.asarray(tiny)]
        assert form.at(there, keep=True) == 2 * float(tiny)
        assert form.at(there, keep=False) == 0.0


#     entry, claim, where it breaks in float32, whether small numbers are why, and the value then
CAUSES = [
    ("L4-03", "E", "z = (58.23, 0, -29.115)", 58.23),
    ("L4-03", "ŷ", "z = (88.73, 0, -44.365)", None),
    ("L1-04", "soft version", "x = 88.73", None),
    ("L4-09", "f′", "x = 4.51853", None),
]


@pytest.mark.parametrize(("name", "claim", "where", "kept"), CAUSES, ids=[c[2] for c in CAUSES])
def test_a_break_says_whether_small_numbers_are_why(
    name: str, claim: str, where: str, kept: float | None
) -> None:
    one = next(one for one in entries[name].printed.claims if one.name == claim)
    found = breaks(Question(one, one.means))
    (there,) = [spot for spot in found if (spot.where, spot.precision) == (where, "float32")]
    if kept is None:
        assert there.kept is None
        assert "compiled" not in str(there)
    else:
        assert there.kept == pytest.approx(kept, rel=1e-6)
        assert str(there).endswith(
            "; because compiled code takes numbers below 1.18e-38 for 0: where they are kept, it "
            f"is {kept}"
        )
