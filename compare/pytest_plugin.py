"""Fixtures for pytest: ``check_gradient``, ``check_rule``, ``audit``.

Each does what the function of that name does, and fails the test with the report when something
is wrong; the report is all that is printed. Nothing of JAX is imported before a test asks.
"""

import functools
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def check_gradient() -> Callable[..., Any]:
    """Compare a hand-derived gradient with autodiff; fail with the report when they differ."""
    from compare.agreement import check_gradient as check

    return _failing(check)


@pytest.fixture
def check_rule() -> Callable[..., Any]:
    """Compare a custom rule with autodiff of the plain function; fail with the report."""
    from compare.agreement import check_rule as check

    return _failing(check)


@pytest.fixture
def audit() -> Callable[..., Any]:
    """Check every custom rule that a function meets; fail with the report when one is wrong."""
    from compare.auditing import audit as check

    return _failing(check)


def _failing(check: Callable[..., Any]) -> Callable[..., Any]:
    """Return the check; where its report does not agree, the test fails with it alone."""

    @functools.wraps(check)
    def checked(*args: Any, **options: Any) -> Any:
        report = check(*args, **options)
        if not report.agrees:
            pytest.fail(str(report), pytrace=False)
        return report

    return checked
