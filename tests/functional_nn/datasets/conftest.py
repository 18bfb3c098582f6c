"""What the tests of data sets share."""

import re
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def refuses() -> Callable:
    """Return a context in which an error must be raised, with exactly this message."""

    def context(error: type[Exception], message: str) -> pytest.RaisesExc:
        return pytest.raises(error, match=f"^{re.escape(message)}$")

    return context
