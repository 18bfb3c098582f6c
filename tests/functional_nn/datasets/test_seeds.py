import numpy as np
import pytest

from functional_nn.datasets.seeds import generator


def test_a_seed_decides_what_is_drawn():
    assert generator(7).integers(1 << 60) == generator(np.int32(7)).integers(1 << 60)
    assert generator(7).integers(1 << 60) != generator(8).integers(1 << 60)


@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed is -1; wanted a whole number of at least 0."),
        (0.5, TypeError, "seed is 0.5; wanted a whole number, such as 0."),
        (None, TypeError, "seed is None; wanted a whole number, such as 0."),
    ],
)
def test_no_seed(seed, error, message, refuses):
    with refuses(error, message):
        generator(seed)
