"""What the tests of mistakes that hide have in common."""

from collections.abc import Iterator

import jax
import pytest


@pytest.fixture
def as_users_have_it() -> Iterator[None]:
    """JAX is as lenient as users have it, and no repair is searched: that has tests of its own."""
    with (
        jax.numpy_dtype_promotion("standard"),
        jax.numpy_rank_promotion("allow"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("compare.agreement.cause.mend", lambda *_: [])
        yield
