"""Parameters that the caller brings."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.training.parameters import fitting
from functional_nn import MLP, Dense

FLOAT32 = np.dtype(np.float32)


def layers() -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.ones((5, 7)), np.zeros(7)), (np.ones((7, 3)), np.zeros(3))]


def test_pairs_become_layers_of_the_dtype(mlp: MLP) -> None:
    params = fitting(mlp, layers(), FLOAT32)
    assert all(isinstance(layer, Dense) for layer in params)
    assert all(leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(params))


def with_weight(value: np.ndarray) -> list:
    return [layers()[0], (value, np.zeros(3))]


PAIRS = "wanted 2 pairs (weight, bias), as mlp.init makes for sizes [5, 7, 3]."
NUMBERS = "wanted finite numbers."
UNFIT = [
    (None, f"params are a NoneType; {PAIRS}"),
    (layers()[:1], f"params are a list of 1; {PAIRS}"),
    ([1, 2], f"params are a list of 2; {PAIRS}"),
    (with_weight(np.ones((3, 7))), "params[1].weight is float32 [3, 7]; wanted floats [7, 3]."),
    (with_weight(np.ones((7, 3), int)), "params[1].weight is int32 [7, 3]; wanted floats [7, 3]."),
    (with_weight(np.full((7, 3), np.nan)), f"params[1].weight is nan at [0, 0]; {NUMBERS}"),
    (with_weight(np.full((7, 3), 1e60)), f"params[1].weight is inf at [0, 0]; {NUMBERS}"),
]


@pytest.mark.parametrize(("given", "message"), UNFIT)
def test_unfit(given: object, message: str, mlp: MLP, refuses: Callable) -> None:
    with refuses(ValueError, message):
        fitting(mlp, given, FLOAT32)
