"""What was broadcast forwards is summed backwards."""

import jax.numpy as jnp
import pytest

from manual_backprop.rules import sum_back

#                    of d        of the input  how many copies
SHAPES = [
    pytest.param((4, 3), (4, 3), 1, id="equal"),
    pytest.param((4, 3), (3,), 4, id="rows added"),
    pytest.param((4, 3), (1, 3), 4, id="rows stretched"),
    pytest.param((4, 3), (4, 1), 3, id="columns stretched"),
    pytest.param((4, 3), (), 12, id="scalar"),
    pytest.param((4, 3), (1, 1), 12, id="both stretched"),
    pytest.param((5, 4, 3), (4, 1), 15, id="added and stretched"),
    pytest.param((1, 3), (3,), 1, id="one row added"),
]


@pytest.mark.parametrize(("of_d", "shape", "copies"), SHAPES)
def test_every_copy_pays_back(of_d: tuple, shape: tuple, copies: int) -> None:
    back = sum_back(jnp.ones(of_d), shape)
    assert back.shape == shape
    assert (back == copies).all()
