"""An unknown name is answered with the nearest known one."""

import re

import pytest

from functional_nn.names import lookup

TABLE = {"sigmoid": 1, "softplus": 2, "silu": 3}


def test_a_known_name_is_looked_up() -> None:
    assert lookup("activation", "softplus", TABLE) == 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("sigmod", "unknown activation 'sigmod'; did you mean 'sigmoid'? known: "),
        ("SoftPlus", "unknown activation 'SoftPlus'; did you mean 'softplus'? known: "),
        ("swish", "unknown activation 'swish'; did you mean 'silu'? known: "),
        ("mse", "unknown activation 'mse'; known: "),
        ("xyz", "unknown activation 'xyz'; known: "),
        (None, "unknown activation None; known: "),
        (["silu"], "unknown activation ['silu']; did you mean 'silu'? known: "),
    ],
)
def test_an_unknown_one_is_not(name: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}sigmoid, silu, softplus$"):
        lookup("activation", name, TABLE)
