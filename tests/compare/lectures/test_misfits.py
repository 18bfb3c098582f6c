"""What cannot be read literally is told in words of our own."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from compare.lectures.misfits import MISFITS, misfit

A, B = jnp.ones(3), jnp.ones((2, 2))

#     what is done, what is told
RAISED: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: jnp.tanh(A, A),  # type: ignore[call-arg]
        "tanh is a function of 1 argument, and stands here with 2, a comma between them",
    ),
    (lambda: A * jnp.ones(2), "a product of elements, but these have the shapes [3] and [2]"),
    (lambda: A + jnp.ones(4), "a sum of elements, but these have the shapes [3] and [4]"),
    (lambda: B @ A, "a matrix product of factors whose inner sizes differ"),
    (lambda: tuple(range(2))[3], "its parts do not fit together (tuple index out of range)"),
    (lambda: int(""), "its parts do not fit together (invalid literal for int() with base 10: '')"),
]


@pytest.mark.parametrize(("done", "told"), RAISED, ids=[case[1][:20] for case in RAISED])
def test_it_is_told(done: Callable[[], Any], told: str) -> None:
    with pytest.raises(MISFITS) as caught:
        done()
    assert misfit(caught.value) == told
